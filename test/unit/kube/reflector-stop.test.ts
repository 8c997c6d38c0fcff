import assert from 'node:assert/strict';
import test from 'node:test';
import type { KubeClient, WatchEvent } from '../../../src/kube/client.ts';
import { ObjectStore } from '../../../src/kube/object-store.ts';
import { startReflector } from '../../../src/kube/reflector.ts';
import { ConfigMap } from '../../../src/kube/resources.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { RecordedLog } from '../../support/recorded-log.ts';
import { reflectIn } from '../../support/reflect.ts';

const FAILED = 'list or watch failed';
/** Longer than any wait of the reflector. */
const ANY_WAIT = 30_000;

test('a stop during the wait opens nothing and leaves neither timer nor connection', async (t) => {
  const { server, clock, log, stop, store } = await reflectIn(t);
  await store.synced();
  await server.http.until(() => server.watches.length === 1);
  server.http.cut();
  await log.line(FAILED);
  await clock.untilPending(1);
  await stop();
  assert.equal(clock.pending, 0);
  await clock.advance(ANY_WAIT);
  assert.equal(server.watches.length, 1);
});

test('a stop during a watch closes its connection, and is no failure', async (t) => {
  const callClock = new FakeClock();
  const { server, clock, log, stop } = await reflectIn(t, { callClock });
  await server.http.until(() => server.watches.length === 1);
  await stop();
  assert.deepEqual([clock.pending, callClock.pending, log.entries], [0, 0, []]);
});

test('a stop during a list gives it up, and the store stays as it was', async (t) => {
  const { server, clock, log, stop, store } = await reflectIn(t, {
    pageSize: 1,
    prepare: (server) => {
      server.put('a');
      server.put('b');
      server.intercept = ({ query }) => query.has('continue');
    },
  });
  await server.http.until(() => server.http.requests.length === 2);
  await stop();
  assert.deepEqual([clock.pending, log.entries, store.hasSynced, store.list()], [0, [], false, []]);
  assert.equal(server.http.requests.length, 2);
});

/** A client that does not look at signals, as an answer that is on its way doesn't, and is stopped in the middle. */
function stoppedWithin(
  calls: (stop: () => void) => { list: () => Promise<object>; watch?: () => AsyncIterable<object> },
) {
  const stopper = new AbortController();
  const log = new RecordedLog();
  const store = new ObjectStore<ConfigMap>({ log });
  const clock = new FakeClock();
  const source = calls(() => stopper.abort()) as Pick<KubeClient, 'list' | 'watch'>;
  const ended = startReflector(source, ConfigMap, {}, store, { signal: stopper.signal, clock, log });
  return { store, clock, log, stop: () => stopper.abort(), ended };
}

const event: WatchEvent<ConfigMap> = {
  type: 'ADDED',
  object: { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', resourceVersion: '2' } },
};

test('after a stop during the wait, no call is made', async () => {
  let calls = 0;
  const list = async () => {
    calls += 1;
    throw new Error('no');
  };
  const { clock, stop, ended } = stoppedWithin(() => ({ list }));
  await clock.untilPending(1);
  stop();
  await ended;
  assert.deepEqual([calls, clock.pending], [1, 0]);
});

test('a list that comes after the stop is not taken over', async () => {
  const { store, log, ended } = stoppedWithin((stop) => ({
    list: async () => {
      stop();
      return { items: [event.object], resourceVersion: '1' };
    },
  }));
  await ended;
  assert.deepEqual([store.hasSynced, store.list(), log.entries], [false, [], []]);
});

test('an event that comes after the stop is not taken over', async () => {
  const { store, log, ended } = stoppedWithin((stop) => ({
    list: async () => ({ items: [], resourceVersion: '1' }),
    async *watch() {
      stop();
      yield event;
    },
  }));
  await ended;
  assert.deepEqual([store.hasSynced, store.list(), log.entries], [true, [], []]);
});
