import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type * as z from 'zod';
import type { AnweddolServerSpec } from '../../src/api/anweddol-server.ts';
import { AnweddolServer } from '../../src/api/resources.ts';
import type { ServerAddress } from '../../src/client/dial.ts';
import type { Hollow } from '../../src/embedded/node/machines/hollow.ts';
import { type KubeObject, keyOf } from '../../src/kube/objects.ts';
import { Namespace, type Pod } from '../../src/kube/resources.ts';
import type { Store } from '../../src/kube/store.ts';
import { runFolder } from '../../src/main/demo/folders.ts';
import { type Lab, operatorIsReady, serverAddress, startLab, startOperator } from '../../src/main/demo/lab.ts';
import { applyManifests } from '../../src/main/demo/manifests.ts';
import { createLog } from '../../src/observability/log.ts';
import { hollowGuests } from './hollow-guest.ts';
import { namespacedOperator } from './namespaced-operator.ts';
import type { Plane } from './planes.ts';

/** Software emulation on a busy machine takes its time; what takes longer than this does not come. */
const PATIENCE_MS = 120_000;

/** A cluster with the operator in it, for one test file. */
export interface TestLab {
  lab: Lab;
  /** Where servers are to be made. */
  namespace: string;
  /** Where the operator's pod is. */
  operatorNamespace: string;
  /** Aborts when the patience of one step is at its end. */
  patience(): AbortSignal;
  close(): Promise<void>;
}

export interface TestLabOptions {
  /** Machines are played, by {@link hollowGuests} or by what is given here: neither QEMU nor the container ISO is needed. */
  hollow?: boolean | Hollow;
  /** As of the lab. */
  nextImage?: string;
}

/** @param host a loopback address of the test file's own, so that files can run side by side */
export async function startTestLab(host: string, plane: Plane, options: TestLabOptions = {}): Promise<TestLab> {
  const hollow = options.hollow === true ? hollowGuests() : options.hollow || undefined;
  const stop = new AbortController();
  const folder = await runFolder(`test-${host}`);
  const isoPath = hollow ? await hollowIso(folder.path) : process.env.CONTAINER_ISO;
  if (!isoPath) throw new Error('CONTAINER_ISO is not set: run the tests by npm test');
  const log = createLog('test', process.env.LOG_LEVEL ?? 'silent');
  const patience = () => AbortSignal.any([stop.signal, AbortSignal.timeout(PATIENCE_MS)]);
  const controlPlane = await plane.start();
  const namespace = plane.shared ? `lab-${host.replaceAll('.', '-')}-${process.pid}` : 'default';
  const given = { isoPath, folder: folder.path, host, controlPlane, log, signal: stop.signal };
  const { nextImage } = options;
  const lab = await startLab({
    ...given,
    ...(plane.shared && { namespace }),
    ...(hollow && { hollow }),
    ...(nextImage && { nextImage }),
  });
  const operatorNamespace = await startOperatorFor(lab, plane, namespace, patience());
  return {
    lab,
    namespace,
    operatorNamespace,
    patience,
    async close() {
      try {
        if (plane.shared) await removeNamespace(lab, namespace, patience());
        await lab[Symbol.asyncDispose]();
      } finally {
        stop.abort();
        await controlPlane.close();
        await folder.remove();
      }
    },
  };
}

/** A file that has a digest; nothing boots from it. */
async function hollowIso(folder: string): Promise<string> {
  const path = join(folder, 'hollow.iso');
  await writeFile(path, 'hollow');
  return path;
}

/** On a control plane of its own as a user would, else in the namespace of the lab and for it alone. */
async function startOperatorFor(lab: Lab, plane: Plane, namespace: string, signal: AbortSignal): Promise<string> {
  const log = createLog('test', process.env.LOG_LEVEL ?? 'silent');
  if (!plane.shared) {
    await startOperator({ ...lab, log, signal });
    return 'anweddol-system';
  }
  await lab.kube.apply(
    Namespace,
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    { fieldManager: 'test', signal },
  );
  await applyManifests(lab.kube, await namespacedOperator(namespace), signal);
  await operatorIsReady({ namespace, name: 'anweddol-operator' }, { kube: lab.kube, log, signal });
  return namespace;
}

/** While the node still runs: its pods are ended by it. */
async function removeNamespace({ kube }: Lab, name: string, signal: AbortSignal): Promise<void> {
  await kube.delete(Namespace, { name }, { signal });
  while (await kube.get(Namespace, { name }, { signal })) await sleep(100);
}

/** Applies an AnweddolServer; what the spec leaves out has its default. */
export async function applyServer(
  { lab, namespace, patience }: TestLab,
  name: string,
  spec: Partial<z.input<typeof AnweddolServerSpec>>,
): Promise<string> {
  const manifest = {
    apiVersion: 'anweddol.io/v1alpha1',
    kind: 'AnweddolServer',
    metadata: { name, namespace },
    spec: { replicas: 1, iso: { image: 'anweddol-container-iso:0.1.0' }, ...spec },
  };
  const options = { fieldManager: 'test', force: true, signal: patience() };
  await lab.kube.apply(AnweddolServer, manifest as unknown as AnweddolServer, options);
  return keyOf(manifest.metadata);
}

/** Applies it and waits until clients can connect. */
export async function readyServer(...args: Parameters<typeof applyServer>): Promise<ServerAddress> {
  const [{ lab, patience }] = args;
  return serverAddress(lab, await applyServer(...args), patience());
}

/** Resolves when the store shows no object of this key, or one of another uid. */
export function gone<T extends KubeObject>(store: Store<T>, key: string, uid: string | undefined, signal: AbortSignal) {
  return store.waitFor((objects) => objects.get(key)?.metadata.uid !== uid || undefined, signal);
}

/** The process that the first container of a pod is. */
export function processOf(pod: Pod): number {
  const id = pod.status?.containerStatuses?.[0]?.containerID ?? '';
  const pid = Number(/^process:\/\/(\d+)/.exec(id)?.[1]);
  if (!pid) throw new Error(`no process id in "${id}"`);
  return pid;
}
