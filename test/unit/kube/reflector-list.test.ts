import assert from 'node:assert/strict';
import test from 'node:test';
import { reflectIn } from '../../support/reflect.ts';
import { sendJson, sendStatus } from '../../support/scripted-api-server.ts';

const FAILED = 'list or watch failed';
/** Longer than any wait of the reflector. */
const ANY_WAIT = 30_000;

const FIVE = ['a', 'b', 'c', 'd', 'e'];

test('an empty list counts as synced', async (t) => {
  const { store } = await reflectIn(t);
  await store.synced();
  assert.equal(store.hasSynced, true);
  assert.deepEqual(store.list(), []);
});

test('a long list comes in pages of 100, and the store learns it as one', async (t) => {
  const { server, store } = await reflectIn(t, {
    prepare: (server) => {
      for (let i = 0; i < 243; i++) server.put(`object-${i}`);
    },
  });
  await store.synced();
  assert.equal(store.list().length, 243);
  const pages = server.http.requests.filter(({ query }) => query.has('limit'));
  assert.deepEqual(
    pages.map(({ query }) => query.get('limit')),
    ['100', '100', '100'],
  );
});

test('managed fields are dropped', async (t) => {
  const { server, store } = await reflectIn(t, { prepare: (server) => server.put('a') });
  await store.synced();
  server.put('b');
  const b = await store.waitFor((objects) => objects.get('lab/b'), t.signal);
  assert.equal(store.get('lab/a')?.metadata.managedFields, undefined);
  assert.equal(b.metadata.managedFields, undefined);
});

test('a list that fails at the start is tried again', async (t) => {
  const { server, store, log, clock } = await reflectIn(t, {
    prepare: (server) => {
      server.intercept = (_, response) => {
        if (server.lists.length <= 2) sendStatus(response, 500, 'InternalError');
        return server.lists.length <= 2;
      };
    },
  });
  await log.line(FAILED, 1);
  assert.equal(store.hasSynced, false);
  await clock.advance(ANY_WAIT);
  await log.line(FAILED, 2);
  await clock.advance(ANY_WAIT);
  await store.synced();
  assert.equal(server.lists.length, 3);
});

test('what changes between two pages is not missed', async (t) => {
  const { server, store } = await reflectIn(t, {
    pageSize: 2,
    prepare: (server) => {
      for (const name of FIVE) server.put(name, '1');
      server.intercept = ({ query }) => {
        if (query.get('continue')?.endsWith(' 2')) server.put('a', '2');
        if (query.get('continue')?.endsWith(' 4')) server.put('f', '2');
        return false;
      };
    },
  });
  await store.waitFor((objects) => objects.byIndex('value', '2').length === 2 || undefined, t.signal);
  assert.deepEqual(
    store.list().map(({ metadata }) => metadata.name),
    [...FIVE, 'f'],
  );
  assert.equal(server.lists.length, 1);
});

test('a page that has expired begins the list anew, and nothing counts as deleted', async (t) => {
  const { server, store, changes, log, clock } = await reflectIn(t, {
    pageSize: 2,
    prepare: (server) => {
      for (const name of FIVE) server.put(name);
      server.intercept = ({ query }) => {
        if (query.get('continue')?.endsWith(' 4') && server.lists.length === 1) server.compact();
        return false;
      };
    },
  });
  const { fields } = await log.line(FAILED);
  assert.deepEqual([fields.retryInMs, store.hasSynced], [600, false]);
  await clock.advance(600);
  await store.synced();
  assert.deepEqual(changes, ['+a', '+b', '+c', '+d', '+e']);
  assert.equal(server.lists.length, 2);
});

test('a page that has expired long after the list began, begins it anew at once', async (t) => {
  let expire: () => void = () => {};
  const { server, store, log, clock } = await reflectIn(t, {
    pageSize: 2,
    prepare: (server) => {
      for (const name of FIVE) server.put(name);
      server.intercept = ({ query }, response) => {
        expire = () => sendStatus(response, 410, 'Expired');
        return query.has('continue') && server.lists.length === 1;
      };
    },
  });
  await server.http.until(({ requests }) => requests.length === 2);
  await clock.advance(10_000);
  expire();
  assert.equal((await log.line(FAILED)).fields.retryInMs, 0);
  await store.synced();
  assert.equal(store.list().length, 5);
});

for (const [what, answer] of [
  ['no list', {}],
  ['a list of things without names', { metadata: { resourceVersion: '7' }, items: [{}] }],
] as const) {
  test(`an answer that is ${what} deletes nothing`, async (t) => {
    const { server, store, changes, log, clock } = await reflectIn(t, { prepare: (server) => server.put('a') });
    await server.http.until(() => server.watches.length === 1);
    server.intercept = ({ query }, response) => {
      if (!query.has('watch')) sendJson(response, 200, answer);
      return !query.has('watch');
    };
    server.writeToWatches('nonsense\n');
    await log.line(FAILED);
    await clock.advance(ANY_WAIT);
    await log.line(FAILED, 2);
    assert.deepEqual([changes, store.list().length], [['+a'], 1]);
  });
}
