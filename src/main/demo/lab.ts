import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import { SECRET_TYPE_CREDENTIALS } from '../../api/names.ts';
import { AnweddolServer } from '../../api/resources.ts';
import { type Cluster, startCluster } from '../../embedded/cluster.ts';
import type { Image } from '../../embedded/node/images/image-catalogue.ts';
import type { KubeClient } from '../../kube/client.ts';
import { type KubeObject, keyOf, type Resource } from '../../kube/objects.ts';
import { Deployment, EndpointSlice, Secret, VirtualMachineInstance } from '../../kube/resources.ts';
import type { Store } from '../../kube/store.ts';
import { watched } from '../../kube/watched.ts';
import { systemClock as clock } from '../../runtime/system-clock.ts';
import { VERSION } from '../version.ts';
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
  log: Logger;
  signal: AbortSignal;
}

/** An embedded cluster with the operator running in it. */
export interface Lab extends AsyncDisposable {
  cluster: Cluster;
  kube: KubeClient;
  kubeconfigPath: string;
  servers: Store<AnweddolServer>;
  machines: Store<VirtualMachineInstance>;
}

/** Starts the cluster. The operator is applied by {@link startOperator}. */
export async function startLab(options: LabOptions): Promise<Lab> {
  const { isoPath, folder, host, log } = options;
  const stopping = new AbortController();
  const signal = AbortSignal.any([options.signal, stopping.signal]);
  const cluster = await startCluster({
    clock,
    log,
    images: {
      images: new Map([
        [OPERATOR_IMAGE, OPERATOR_PROGRAM],
        [ISO_IMAGE, { kind: 'disk', path: isoPath }],
      ]),
    },
    dataDir: folder,
    loadBalancerHost: host,
    signal,
  });
  const kube = cluster.client;
  const kubeconfigPath = join(folder, 'kubeconfig');
  await writeFile(kubeconfigPath, cluster.kubeconfig(), { mode: 0o600 });
  await applyManifests(kube, await manifestsOf('crds'), signal);
  const watching = { clock, log, signal };
  return {
    cluster,
    kube,
    kubeconfigPath,
    servers: watched(kube, AnweddolServer, {}, watching),
    machines: watched(kube, VirtualMachineInstance, {}, watching),
    async [Symbol.asyncDispose]() {
      stopping.abort();
      await cluster.close();
    },
  };
}

/** Applies the operator's manifests and waits until its pod is ready. */
export async function startOperator({ kube, log, signal }: Lab & Pick<LabOptions, 'log' | 'signal'>): Promise<void> {
  await applyManifests(kube, await manifestsOf('deploy/operator'), signal);
  const found = new AbortController();
  const watching = { clock, log, signal: AbortSignal.any([signal, found.signal]) };
  const deployments = watched(kube, Deployment, { namespace: OPERATOR.namespace }, watching);
  await deployments.waitFor((store) => store.get(keyOf(OPERATOR))?.status?.readyReplicas || undefined, signal);
  found.abort();
}

/** Waits until clients can connect, and says where. */
export async function serverAddress(
  lab: Lab,
  key: string,
  signal: AbortSignal,
): Promise<{ host: string; port: number }> {
  return lab.servers.waitFor((store) => {
    const { conditions, address } = store.get(key)?.status ?? {};
    const ready = conditions?.some(({ type, status }) => type === 'Ready' && status === 'True');
    return ready && address?.host && address.port ? { host: address.host, port: address.port } : undefined;
  }, signal);
}

/** Waits until nothing is left of any container. @throws Error naming what is, when the signal aborts first */
export async function untilNothingIsLeft({ kube }: Lab, signal: AbortSignal): Promise<void> {
  let left: string[] = [];
  do {
    if (signal.aborted) throw new Error(`left behind: ${left.join(', ')}`);
    if (left.length > 0) await sleep(POLL_MS);
    left = await leftovers(kube, signal);
  } while (left.length > 0);
}

/** The names of machines, credentials, slices and QEMU processes that are still there. */
async function leftovers(kube: KubeClient, signal: AbortSignal): Promise<string[]> {
  const found = await Promise.all([
    namesOf(kube, VirtualMachineInstance, () => true, signal),
    namesOf(kube, Secret, (secret) => secret.type === SECRET_TYPE_CREDENTIALS, signal),
    namesOf(
      kube,
      EndpointSlice,
      (slice) => slice.ports?.some((port) => port.name?.startsWith('ssh-')) ?? false,
      signal,
    ),
    qemuProcesses(),
  ]);
  return found.flat();
}

async function namesOf<T extends KubeObject>(
  kube: KubeClient,
  resource: Resource<T>,
  counts: (object: T) => boolean,
  signal: AbortSignal,
): Promise<string[]> {
  const { items } = await kube.list(resource, {}, { signal });
  return items.filter(counts).map((object) => `${resource.kind} ${keyOf(object.metadata)}`);
}
