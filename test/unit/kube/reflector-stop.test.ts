import assert from 'node:assert/strict';
import test from 'node:test';
import { FakeClock } from '../../support/fake-clock.ts';
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
