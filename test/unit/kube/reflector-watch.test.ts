import assert from 'node:assert/strict';
import test from 'node:test';
import { setImmediate as immediate } from 'node:timers';
import { setImmediate } from 'node:timers/promises';
import type { KubeClient } from '../../../src/kube/client.ts';
import { ObjectStore } from '../../../src/kube/object-store.ts';
import { startReflector } from '../../../src/kube/reflector.ts';
import { ConfigMap } from '../../../src/kube/resources.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { RecordedLog } from '../../support/recorded-log.ts';
import { reflectIn } from '../../support/reflect.ts';
import { sendStatus } from '../../support/scripted-api-server.ts';

const FAILED = 'list or watch failed';

test('a quiet resource keeps its one watch', async (t) => {
  const callClock = new FakeClock();
  const { server, store, clock, log } = await reflectIn(t, { callClock });
  await server.http.until(() => server.watches.length === 1);
  for (let minute = 1; minute <= 10; minute += 1) {
    await clock.advance(60_000);
    await callClock.advance(60_000);
    server.bookmark();
    while (store.lastHeardAt !== clock.elapsed()) await setImmediate();
  }
  assert.deepEqual([server.watches.length, server.lists.length, log.entries], [1, 1, []]);
});

test('the store knows when the API server was last heard of', async (t) => {
  const { server, store, clock } = await reflectIn(t);
  await server.http.until(() => server.watches.length === 1);
  assert.equal(store.lastHeardAt, 0);
  await clock.advance(5_000);
  server.put('a');
  await store.waitFor((objects) => objects.get('lab/a'), t.signal);
  assert.equal(store.lastHeardAt, 5_000);
});

test('a burst of events lets others have their turn', async () => {
  const stopper = new AbortController();
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', resourceVersion: '2' } };
  let turns = 0;
  let sent = 0;
  const source = {
    list: async () => ({ items: [], resourceVersion: '1' }),
    async *watch() {
      const count = () => {
        turns += 1;
        if (sent < 1000) immediate(count);
      };
      immediate(count);
      for (; sent < 1000; sent += 1) yield { type: 'MODIFIED', object };
      stopper.abort();
    },
  };
  const log = new RecordedLog();
  const options = { signal: stopper.signal, clock: new FakeClock(), log };
  await startReflector(source as unknown as KubeClient, ConfigMap, {}, new ObjectStore<ConfigMap>({ log }), options);
  assert.ok(turns >= 9, `${turns} turns in ${sent} events`);
});

test('a server that asks for time gets it, even when its answer took long', async (t) => {
  const { server, log, clock } = await reflectIn(t);
  await server.http.until(() => server.watches.length === 1);
  server.intercept = ({ query }, response) => {
    if (query.has('watch')) {
      void clock
        .advance(20_000)
        .then(() => sendStatus(response, 429, 'TooManyRequests', 'busy', { 'Retry-After': '7' }));
    }
    return query.has('watch');
  };
  server.endWatches();
  await clock.advanceToNext();
  assert.equal((await log.line(FAILED)).fields.retryInMs, 7_000);
});
