import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import { SECRET_TYPE_CREDENTIALS } from '../../api/names.ts';
import { AnweddolServer } from '../../api/resources.ts';
import { startInMemoryControlPlane } from '../../embedded/cluster/start-in-memory-control-plane.ts';
import { type Cluster, startCluster } from '../../embedded/cluster.ts';
import type { ControlPlane } from '../../embedded/control-plane.ts';
import type { Image } from '../../embedded/node/images/image-catalogue.ts';
import type { Hollow } from '../../embedded/node/machines/hollow.ts';
import type { KubeClient } from '../../kube/client.ts';
import { type KubeObject, keyOf, type Resource } from '../../kube/objects.ts';
import { Deployment, EndpointSlice, Secret, VirtualMachineInstance } from '../../kube/resources.ts';
import type { Store } from '../../kube/store.ts';
import { watched } from '../../kube/watched.ts';
import { systemClock as clock } from '../../runtime/system-clock.ts';
import { VERSION } from '../../version.ts';
import { applyManifests, manifestsOf } from './manifests.ts';
import { qemuProcesses } from './processes.ts';

/** As the manifests in deploy/ name them. */
const OPERATOR_IMAGE = `anweddol-operator:${VERSION}`;
const ISO_IMAGE = `anweddol-container-iso:${VERSION}`;
const OPERATOR = { namespace: 'anweddol-system', name: 'anweddol-operator' };
/** Garbage collection has no event to wait for that would cover all kinds. */
const POLL_MS = 50;
const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** What the Dockerfile says of the image. */
const OPERATOR_PROGRAM: Image = {
  kind: 'program',
  command: [process.execPath, '--optimize-for-size', '--max-semi-space-size=2', join(ROOT, 'dist/entrypoint.js')],
  environment: { MALLOC_ARENA_MAX: '2' },
  root: ROOT,
  preload: join(ROOT, 'dist/preload.js'),
};

export interface LabOptions {
  isoPath: string;
  /** For the files of pods and machines, and the kubeconfig. */
  folder: string;
  /** The loopback address that the load balancer listens on. */
  host: string;
  /** What the cluster is made on; it outlives the lab. Default: one in memory, which ends with the lab. */
  controlPlane?: ControlPlane;
  /** The only namespace whose pods run here. Default: all. */
  namespace?: string;
  /** Runs in place of QEMU machines. */
  hollow?: Hollow;
  /** Somebody else brings the CustomResourceDefinitions. */
  withoutDefinitions?: boolean;
  /** Another name of the operator's image, as the next release would have. */
  nextImage?: string;
  log: Logger;
  signal: AbortSignal;
}

/** A cluster of this machine, for the operator to run in. */
export interface Lab extends AsyncDisposable {
  cluster: Cluster;
  kube: KubeClient;
  kubeconfigPath: string;
  /** The only namespace that is looked at. Default: all. */
  namespace?: string;
  servers: Store<AnweddolServer>;
  machines: Store<VirtualMachineInstance>;
}

/** Starts the cluster. The operator is applied by {@link startOperator}. */
export async function startLab(options: LabOptions): Promise<Lab> {
  const { isoPath, folder, host, log, namespace } = options;
  const stopping = new AbortController();
  const signal = AbortSignal.any([options.signal, stopping.signal]);
  const own = options.controlPlane ? undefined : await startInMemoryControlPlane({ clock, log });
  const controlPlane = options.controlPlane ?? (own as ControlPlane);
  const inNamespace = namespace ? { namespace } : {};
  const cluster = await startCluster({
    clock,
    log,
    controlPlane,
    ...inNamespace,
    ...(namespace && { nodeName: `node-of-${namespace}` }),
    images: {
      images: new Map([
        [OPERATOR_IMAGE, OPERATOR_PROGRAM],
        [options.nextImage ?? OPERATOR_IMAGE, OPERATOR_PROGRAM],
        [ISO_IMAGE, { kind: 'disk', path: isoPath }],
      ]),
    },
    dataDir: folder,
    loadBalancerHost: host,
    hollow: options.hollow,
    signal,
  });
  const kube = cluster.client;
  const kubeconfigPath = join(folder, 'kubeconfig');
  await writeFile(kubeconfigPath, controlPlane.kubeconfig(), { mode: 0o600 });
  if (!options.withoutDefinitions) await applyManifests(kube, await manifestsOf('crds'), signal);
  const watching = { clock, log, signal };
  return {
    cluster,
    kube,
    kubeconfigPath,
    ...inNamespace,
    servers: watched(kube, AnweddolServer, inNamespace, watching),
    machines: watched(kube, VirtualMachineInstance, inNamespace, watching),
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await cluster.close();
      await own?.close();
    },
  };
}

/** Applies the operator's manifests and waits until its pod is ready. */
export async function startOperator({ kube, log, signal }: Lab & Pick<LabOptions, 'log' | 'signal'>): Promise<void> {
  await applyManifests(kube, await manifestsOf('deploy/operator'), signal);
  await operatorIsReady(OPERATOR, { kube, log, signal });
}

/** Waits until a pod of the operator's Deployment is ready. */
export async function operatorIsReady(
  operator: { namespace: string; name: string },
  { kube, log, signal }: Pick<Lab, 'kube'> & Pick<LabOptions, 'log' | 'signal'>,
): Promise<void> {
  const found = new AbortController();
  const watching = { clock, log, signal: AbortSignal.any([signal, found.signal]) };
  const deployments = watched(kube, Deployment, { namespace: operator.namespace }, watching);
  await deployments.waitFor((store) => store.get(keyOf(operator))?.status?.readyReplicas || undefined, signal);
  found.abort();
}

/**
 * Waits until clients can connect, and says where.
 * @throws Error with what the server's status says, when the signal aborts first
 */
export async function serverAddress(
  { servers }: Lab,
  key: string,
  signal: AbortSignal,
): Promise<{ host: string; port: number }> {
  const conditionsOf = (store: Store<AnweddolServer>) => store.get(key)?.status?.conditions ?? [];
  const ready = (store: Store<AnweddolServer>) => {
    const { address } = store.get(key)?.status ?? {};
    const isReady = conditionsOf(store).some(({ type, status }) => type === 'Ready' && status === 'True');
    return isReady && address?.host && address.port ? { host: address.host, port: address.port } : undefined;
  };
  try {
    return await servers.waitFor(ready, signal);
  } catch (error) {
    const told = conditionsOf(servers).map(
      ({ type, status, reason, message }) => `${type}=${status} ${reason}: ${message}`,
    );
    throw new Error(`AnweddolServer ${key} is not ready: ${told.join('; ') || 'it has no status'}`, { cause: error });
  }
}

/** Waits until nothing is left of any container. @throws Error naming what is, when the signal aborts first */
export async function untilNothingIsLeft({ kube, namespace }: Lab, signal: AbortSignal): Promise<void> {
  let left: string[] = [];
  do {
    if (signal.aborted) throw new Error(`left behind: ${left.join(', ')}`);
    if (left.length > 0) await sleep(POLL_MS);
    left = await leftovers(kube, namespace, signal);
  } while (left.length > 0);
}

/** The names of machines, credentials, slices and QEMU processes that are still there. */
async function leftovers(kube: KubeClient, namespace: string | undefined, signal: AbortSignal): Promise<string[]> {
  const names = <T extends KubeObject>(resource: Resource<T>, counts: (object: T) => boolean) =>
    namesOf(kube, resource, namespace, counts, signal);
  const found = await Promise.all([
    names(VirtualMachineInstance, () => true),
    names(Secret, (secret) => secret.type === SECRET_TYPE_CREDENTIALS),
    names(EndpointSlice, (slice) => slice.ports?.some((port) => port.name?.startsWith('ssh-')) ?? false),
    qemuProcesses(),
  ]);
  return found.flat();
}

async function namesOf<T extends KubeObject>(
  kube: KubeClient,
  resource: Resource<T>,
  namespace: string | undefined,
  counts: (object: T) => boolean,
  signal: AbortSignal,
): Promise<string[]> {
  const { items } = await kube.list(resource, { namespace }, { signal });
  return items.filter(counts).map((object) => `${resource.kind} ${keyOf(object.metadata)}`);
}
