import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import { createKubeClient } from '../../../src/kube/kube-client.ts';
import { loadKubeConfig } from '../../../src/kube/load.ts';
import { ObjectStore } from '../../../src/kube/object-store.ts';
import { startReflector } from '../../../src/kube/reflector.ts';
import { ConfigMap, Namespace } from '../../../src/kube/resources.ts';
import { createTransport } from '../../../src/kube/transport.ts';
import { systemClock } from '../../../src/runtime/system-clock.ts';
import type { Connection } from '../../support/control-plane.ts';
import { MisbehavingProxy } from '../../support/misbehaving-proxy/proxy.ts';
import { RecordedLog } from '../../support/recorded-log.ts';
import { fastClock } from './fast-clock.ts';
import { assertFits, assertSame, History } from './history.ts';
import { Truth } from './truth.ts';
import { Workload } from './workload.ts';

export interface StageOptions {
  /** Of the reflector's calls, in real milliseconds. Defaults 2,000 and 2,000. */
  callTimeoutMs?: number;
  watchInactivityMs?: number;
  pageSize?: number;
  /** Changes may fail, for the API server goes away. */
  mayFail?: boolean;
  /** Before the reflector starts. */
  prepare?: (proxy: MisbehavingProxy) => void;
}

/** How much faster than real time the reflector waits. */
const SPEED = 20;

export type Stage = Awaited<ReturnType<typeof startStage>>;

/** A namespace with changing ConfigMaps, a reflector of them behind the proxy, and the truth about them. */
export async function startStage(connection: Connection, options: StageOptions = {}) {
  const resourcesBefore = resources();
  const admin = clientOf(connection, {});
  const { metadata } = await admin.kube.create(Namespace, {
    apiVersion: 'v1',
    kind: 'Namespace',
    metadata: { name: '', generateName: 'faults-' },
  });
  const namespace = metadata.name;
  const truth = await Truth.start(connection, namespace);

  const proxy = await MisbehavingProxy.start(connection);
  options.prepare?.(proxy);
  const { callTimeoutMs = 2_000, watchInactivityMs = 2_000 } = options;
  const { adminToken } = connection;
  const client = clientOf({ url: proxy.url, adminToken }, { callTimeoutMs, watchInactivityMs });
  const log = new RecordedLog();
  const store = new ObjectStore<ConfigMap>({ log });
  const heard = new History();
  store.onChange((current, previous) => {
    if (current) heard.add(current, previous ? 'MODIFIED' : 'ADDED');
    else if (previous) heard.add(previous, 'DELETED');
  });
  const stopper = new AbortController();
  const clock = fastClock(SPEED);
  const reflecting = startReflector(client.kube, ConfigMap, { namespace }, store, {
    signal: stopper.signal,
    clock,
    log,
    ...(options.pageSize && { pageSize: options.pageSize }),
  });
  const workload = new Workload(admin.kube, namespace, options.mayFail ?? false);

  /** Resolves once things change, and the store follows. */
  async function working(): Promise<void> {
    await store.synced();
    await proxy.until(({ openWatches }) => openWatches === 1);
    await workload.start();
    await workload.more(10);
  }

  /** Makes an object that the workload leaves alone; resolves once the store and the truth have it. */
  async function create(name: string, signal: AbortSignal): Promise<void> {
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { namespace, name } };
    const { uid } = (await admin.kube.create(ConfigMap, object)).metadata;
    await store.waitFor((objects) => objects.get(`${namespace}/${name}`)?.metadata.uid === uid || undefined, signal);
    while (!truth.history.names.has(name)) await sleep(5, undefined, { signal });
  }

  const remove = (name: string) => admin.kube.delete(ConfigMap, { namespace, name });

  /**
   * After a fault: the store equals a fresh list, the listeners' calls fit the truth (`missed`: a list took the place of
   * some), and one watch on one connection goes on.
   */
  async function verify(signal: AbortSignal, { missed }: { missed: boolean }): Promise<void> {
    await workload.stop();
    // What was done before comes before it.
    await create('last', signal);
    const kept = store
      .list()
      .map(({ metadata: { name, uid, resourceVersion } }) => `${name} ${uid} ${resourceVersion}`);
    assert.deepEqual(kept.sort(), await truth.now());
    assertFits(heard, truth.history, workload.states);
    if (!missed) assertSame(heard, truth.history);
    assert.deepEqual(
      log.entries.filter(({ level }) => level === 'error'),
      [],
    );
    await proxy.until(({ openWatches, openSockets }) => openWatches === 1 && openSockets === 1);
  }

  /** Ends everything, and sees that nothing is left: no connection, no timer, no stream. */
  async function end(): Promise<void> {
    stopper.abort();
    await Promise.all([reflecting, workload.stop()]);
    await client.transport.close();
    await proxy.until(({ openSockets }) => openSockets === 0);
    await Promise.all([truth.end(), proxy.close()]);
    await admin.kube.delete(Namespace, { name: namespace });
    await admin.transport.close();
    for (let tries = 0; tries < 200 && leaks(resourcesBefore).length > 0; tries += 1) await sleep(10);
    assert.deepEqual(leaks(resourcesBefore), []);
  }

  const failure = (count = 1) => log.line('list or watch failed', count);

  /** The first failure, now or later, whose error says so. */
  async function failureWith(text: string): Promise<void> {
    for (let count = 1; ; count += 1) if (String((await failure(count)).fields.err).includes(text)) return;
  }

  return { proxy, store, log, failure, failureWith, clock, workload, working, create, remove, verify, end };
}

function clientOf(
  { url, caCertificate, adminToken }: { url: string; caCertificate?: string; adminToken: string },
  options: { callTimeoutMs?: number; watchInactivityMs?: number },
) {
  const authority = caCertificate && { 'certificate-authority-data': Buffer.from(caCertificate).toString('base64') };
  const kubeconfig = JSON.stringify({
    clusters: [{ name: 'faults', cluster: { server: url, ...authority } }],
    users: [{ name: 'faults', user: { token: adminToken } }],
    contexts: [{ name: 'faults', context: { cluster: 'faults', user: 'faults' } }],
    'current-context': 'faults',
  });
  const transport = createTransport(loadKubeConfig({ kubeconfig }), { clock: systemClock, ...options });
  return { transport, kube: createKubeClient(transport, options) };
}

/** What keeps this process busy for longer than a turn, by kind. */
function resources(): Map<string, number> {
  const counts = new Map<string, number>();
  for (const kind of process.getActiveResourcesInfo()) {
    if (kind !== 'Immediate' && kind !== 'CloseReq') counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  return counts;
}

/** Of which kinds there are more than before. */
function leaks(before: Map<string, number>): string[] {
  return [...resources()].flatMap(([kind, count]) => (count > (before.get(kind) ?? 0) ? [kind] : []));
}
