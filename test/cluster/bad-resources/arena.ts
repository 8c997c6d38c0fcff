/** The operator on one of the control planes, in a namespace of its own, with a fast clock and a record of its writes. */
import { randomBytes } from 'node:crypto';
import pino from 'pino';
import { AnweddolAccessToken, AnweddolServer } from '../../../src/api/resources.ts';
import type { KubeClient } from '../../../src/kube/client.ts';
import { createKubeClient } from '../../../src/kube/kube-client.ts';
import { loadKubeConfig } from '../../../src/kube/load.ts';
import type { KubeObject, Resource } from '../../../src/kube/objects.ts';
import { Namespace } from '../../../src/kube/resources.ts';
import { createTransport } from '../../../src/kube/transport.ts';
import { applyManifests, manifestsOf } from '../../../src/main/demo/manifests.ts';
import { startCaches } from '../../../src/operator/caches.ts';
import type { Caches } from '../../../src/operator/context.ts';
import { runOperator } from '../../../src/operator/run-operator.ts';
import type { Clock } from '../../../src/runtime/clock.ts';
import { systemClock } from '../../../src/runtime/system-clock.ts';
import type { Plane } from '../../support/planes.ts';
import { RecordedLog } from '../../support/recorded-log.ts';
import { playNode } from './played-node.ts';
import { type Change, type Kind, specOf } from './row.ts';
import { recording, type Write } from './writes.ts';

/** How much faster time goes for the operator: a minute is over after two seconds. */
export const SPEED = 30;
const API = 'anweddol.io/v1alpha1';

export interface Arena extends AsyncDisposable {
  namespace: string;
  admin: KubeClient;
  caches: Caches;
  /** All that the operator wrote, or tried to. */
  writes: readonly Write[];
  log: RecordedLog;
  create(name: string, change: Change, kind?: Kind): Promise<void>;
  /** Changes a server that is there. */
  change(name: string, change: Change): Promise<void>;
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
    runOperator({ kube, caches, clock: fast(SPEED), log, defaultImage: 'operator:1' }, signal, {
      // API servers are no faster: one that is left alone while it makes a Service keeps its node ports for minutes.
      reconcileTimeoutMs: 120_000 * SPEED,
    }),
    playNode(admin, caches, recorded, signal),
  ]);
  // What was defined a moment ago is served a moment later.
  await Promise.all([caches.servers, caches.tokens].map((store) => store.synced(AbortSignal.timeout(60_000))));
  return {
    namespace,
    admin,
    caches,
    writes,
    log: recorded,
    async create(name, change, kind = 'server') {
      const resource: Resource<KubeObject> = kind === 'server' ? AnweddolServer : AnweddolAccessToken;
      const spec = specOf(kind, change);
      const metadata = { namespace, name };
      const manifest: KubeObject & { spec: object } = { apiVersion: API, kind: resource.kind, metadata, spec };
      await admin.create(resource, manifest);
    },
    async change(name, change) {
      await admin.mergePatch(AnweddolServer, { namespace, name }, { spec: specOf('server', change) });
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
