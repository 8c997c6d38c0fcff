/** The operator on one of the control planes, in a namespace of its own, with a fast clock and a record of its writes. */
import { randomBytes } from 'node:crypto';
import pino from 'pino';
import { LABEL_COMPONENT } from '../../../src/api/names.ts';
import { AnweddolServer } from '../../../src/api/resources.ts';
import type { KubeClient } from '../../../src/kube/client.ts';
import { createKubeClient } from '../../../src/kube/kube-client.ts';
import { loadKubeConfig } from '../../../src/kube/load.ts';
import type { KubeObject } from '../../../src/kube/objects.ts';
import { keyOf, nameOf } from '../../../src/kube/objects.ts';
import { Namespace, Pod } from '../../../src/kube/resources.ts';
import { createTransport } from '../../../src/kube/transport.ts';
import { applyManifests, manifestsOf } from '../../../src/main/demo/manifests.ts';
import { startCaches } from '../../../src/operator/caches.ts';
import type { Caches } from '../../../src/operator/context.ts';
import { runOperator } from '../../../src/operator/run-operator.ts';
import type { Clock } from '../../../src/runtime/clock.ts';
import { runController } from '../../../src/runtime/controller.ts';
import { done } from '../../../src/runtime/outcome.ts';
import { systemClock } from '../../../src/runtime/system-clock.ts';
import { watch } from '../../../src/runtime/watch.ts';
import type { Plane } from '../../support/planes.ts';
import { RecordedLog } from '../../support/recorded-log.ts';
import { type Change, specOf } from './row.ts';
import { recording, type Write } from './writes.ts';

/** How much faster time goes for the operator: a minute is over after two seconds. */
export const SPEED = 30;
const DIGEST = 'ab'.repeat(32);

export interface Arena extends AsyncDisposable {
  namespace: string;
  admin: KubeClient;
  caches: Caches;
  /** All that the operator wrote, or tried to. */
  writes: readonly Write[];
  log: RecordedLog;
  create(name: string, change: Change): Promise<void>;
}

export async function arena(plane: Plane): Promise<Arena> {
  const controlPlane = await plane.start();
  const stop = new AbortController();
  const { signal } = stop;
  const config = loadKubeConfig({ kubeconfig: controlPlane.kubeconfig() });
  const transport = createTransport(config, { clock: systemClock });
  const admin = createKubeClient(transport);
  await applyManifests(admin, await manifestsOf('crds'), AbortSignal.timeout(60_000));
  const namespace = `told-${randomBytes(4).toString('hex')}`;
  await admin.create(Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  const recorded = new RecordedLog();
  const log = pino({ level: 'silent' });
  const caches = startCaches({ kube: admin, clock: systemClock, log, signal, namespaces: [namespace] });
  const writes: Write[] = [];
  const kube = recording(admin, writes);
  const running = Promise.all([
    runOperator({ kube, caches, clock: fast(SPEED), log, defaultImage: 'operator:1' }, signal),
    readIsos(admin, caches, recorded, signal),
  ]);
  return {
    namespace,
    admin,
    caches,
    writes,
    log: recorded,
    async create(name, change) {
      const spec = specOf('server', change);
      const manifest = {
        apiVersion: 'anweddol.io/v1alpha1',
        kind: 'AnweddolServer',
        metadata: { namespace, name },
        spec,
      };
      await admin.create(AnweddolServer, manifest as unknown as AnweddolServer);
    },
    async [Symbol.asyncDispose]() {
      stop.abort();
      await running;
      await admin.delete(Namespace, { name: namespace });
      await transport.close();
      await controlPlane.close();
    },
  };
}

function fast(factor: number): Clock {
  const start = systemClock.now();
  return {
    now: () => start + (systemClock.now() - start) * factor,
    elapsed: () => systemClock.elapsed() * factor,
    after: (ms, callback) => systemClock.after(ms / factor, callback),
    sleep: (ms, signal) => systemClock.sleep(ms / factor, signal),
  };
}

/** What a node does with the pods that read ISOs. */
async function readIsos(admin: KubeClient, caches: Caches, log: RecordedLog, signal: AbortSignal): Promise<void> {
  const keys = (pod: KubeObject) =>
    pod.metadata.labels?.[LABEL_COMPONENT] === 'iso-check' ? [keyOf(pod.metadata)] : [];
  await runController({
    name: 'iso-reader',
    watches: [watch<KubeObject>(caches.pods, keys)],
    workers: 4,
    clock: systemClock,
    log,
    signal,
    async reconcile(key) {
      const pod = caches.pods.get(key);
      if (!pod || pod.metadata.deletionTimestamp || pod.status?.phase === 'Succeeded') return done();
      const terminated = { exitCode: 0, message: DIGEST, finishedAt: new Date().toISOString() };
      const containerStatuses = [
        { name: 'check', state: { terminated }, image: '', imageID: '', ready: false, restartCount: 0 },
      ];
      const status = { phase: 'Succeeded', containerStatuses };
      await admin.mergePatch(Pod, nameOf(key), { status }, { subresource: 'status' });
      return done();
    },
  });
}
