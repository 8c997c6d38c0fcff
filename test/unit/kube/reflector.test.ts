import assert from 'node:assert/strict';
import test from 'node:test';
import { FakeClock } from '../../support/fake-clock.ts';
import { reflectIn } from '../../support/reflect.ts';
import { sendStatus } from '../../support/scripted-api-server.ts';

const FAILED = 'list or watch failed';
/** Longer than any wait of the reflector. */
const ANY_WAIT = 30_000;

test('what was there is listed, what changes is followed', async (t) => {
  const { server, store, changes } = await reflectIn(t, { prepare: (server) => server.put('a', '1') });
  await store.synced();
  assert.deepEqual(changes, ['+a']);
  server.put('b', '1');
  server.put('a', '2');
  server.delete('b');
  await store.waitFor(() => changes.length === 4 || undefined, t.signal);
  assert.deepEqual(changes, ['+a', '+b', '~a', '-b']);
  assert.deepEqual(
    store.list().map(({ data }) => data),
    [{ value: '2' }],
  );
});

test('a watch asks for bookmarks and for an end after 5 to 10 minutes', async (t) => {
  const { server } = await reflectIn(t);
  await server.http.until(() => server.watches.length === 1);
  const query = server.watches[0]?.query;
  assert.equal(query?.get('allowWatchBookmarks'), 'true');
  assert.equal(query?.get('timeoutSeconds'), '450');
});

test('a killed connection is replaced, from the last version seen', async (t) => {
  const { server, store, log, clock } = await reflectIn(t);
  await store.synced();
  server.put('a');
  const a = await store.waitFor((objects) => objects.get('lab/a'), t.signal);
  server.http.cut();
  const { fields } = await log.line(FAILED);
  server.put('b');
  await clock.advance(Number(fields.retryInMs));
  await store.waitFor((objects) => objects.get('lab/b'), t.signal);
  assert.equal(server.watches[1]?.query.get('resourceVersion'), a.metadata.resourceVersion);
  assert.equal(server.lists.length, 1);
});

test('a watch that is refused with 503 is tried again, without another list', async (t) => {
  const { server, store, log, clock } = await reflectIn(t, {
    prepare: (server) => {
      server.intercept = ({ query }, response) => {
        const refuse = query.has('watch') && server.watches.length === 1;
        if (refuse) sendStatus(response, 503, 'ServiceUnavailable');
        return refuse;
      };
    },
  });
  await log.line(FAILED);
  await clock.advance(ANY_WAIT);
  server.put('a');
  await store.waitFor((objects) => objects.get('lab/a'), t.signal);
  assert.equal(server.lists.length, 1);
});

test('after 410 it lists again at once and reports what was deleted meanwhile', async (t) => {
  const { server, store, changes, log, clock } = await reflectIn(t, { prepare: (server) => server.put('a') });
  await store.synced();
  server.put('b');
  await store.waitFor((objects) => objects.get('lab/b'), t.signal);
  server.http.cut();
  await log.line(FAILED);
  server.delete('a');
  server.compact();
  await clock.advance(ANY_WAIT);
  assert.equal((await log.line(FAILED, 2)).fields.retryInMs, 0);
  await store.waitFor((objects) => objects.list().length === 1 || undefined, t.signal);
  assert.deepEqual(changes, ['+a', '+b', '-a']);
});

test('after an ERROR 410 in the stream it lists again, at once when the last list is some time ago', async (t) => {
  const { server, log, clock } = await reflectIn(t);
  const expire = () => {
    const status = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' };
    server.writeToWatches(`${JSON.stringify({ type: 'ERROR', object: status })}\n`);
  };
  await server.http.until(() => server.watches.length === 1);
  expire();
  assert.equal((await log.line(FAILED, 1)).fields.retryInMs, 600);
  await clock.advance(600);
  await server.http.until(() => server.watches.length === 2);
  await clock.advance(10_000);
  expire();
  assert.equal((await log.line(FAILED, 2)).fields.retryInMs, 0);
  await server.http.until(() => server.watches.length === 3);
  assert.equal(server.lists.length, 3);
});

test('a server that says 410 to every watch is not asked without a pause', async (t) => {
  const { clock } = await reflectIn(t, {
    prepare: (server) => {
      server.intercept = ({ query }, response) => {
        if (query.has('watch')) sendStatus(response, 410, 'Expired');
        return query.has('watch');
      };
    },
  });
  const waits: number[] = [];
  for (let i = 1; i <= 8; i++) waits.push(await clock.advanceToNext());
  assert.deepEqual(waits, [600, 1200, 2400, 4800, 9600, 19_200, 22_500, 22_500]);
});

test('the same name with another uid after an outage is a deletion and a new object', async (t) => {
  const { server, store, changes, log, clock } = await reflectIn(t, { prepare: (server) => server.put('a', 'old') });
  await store.synced();
  await server.http.until(() => server.watches.length === 1);
  server.http.cut();
  await log.line(FAILED);
  server.delete('a');
  server.put('a', 'new');
  server.compact();
  await clock.advance(ANY_WAIT);
  await store.waitFor((objects) => objects.get('lab/a')?.data?.value === 'new' || undefined, t.signal);
  assert.deepEqual(changes, ['+a', '-a', '+a']);
});

for (const [what, text] of [
  ['an ERROR 500 in the stream', '{"type":"ERROR","object":{"kind":"Status","code":500,"reason":"InternalError"}}\n'],
  ['a malformed line', '{"type":"ADDED","obj\n'],
  ['an event of an unknown kind', '{"type":"RENAMED","object":{"metadata":{"name":"a"}}}\n'],
] as const) {
  test(`${what} leads to a new list after a wait`, async (t) => {
    const { server, store, log, clock } = await reflectIn(t);
    await server.http.until(() => server.watches.length === 1);
    server.writeToWatches(text);
    const { fields } = await log.line(FAILED);
    assert.equal(fields.retryInMs, 600);
    server.put('a');
    await clock.advance(600);
    await store.waitFor((objects) => objects.get('lab/a'), t.signal);
    assert.equal(server.lists.length, 2);
  });
}

test('a connection that breaks in the middle of a line loses no event', async (t) => {
  const { server, store, log, clock } = await reflectIn(t);
  await server.http.until(() => server.watches.length === 1);
  server.intercept = () => false;
  server.writeToWatches('{"type":"ADDED","object":{"metadata":{"name":"x"');
  server.endWatches();
  await log.line(FAILED);
  server.put('a');
  await clock.advance(ANY_WAIT);
  await store.waitFor((objects) => objects.get('lab/a'), t.signal);
  assert.equal(store.get('lab/x'), undefined);
});

test('a frozen server is noticed and the watch opened anew', async (t) => {
  const callClock = new FakeClock();
  const { server, store, log, clock } = await reflectIn(t, { callClock, watchInactivityMs: 60_000 });
  await store.synced();
  server.put('z');
  await store.waitFor((objects) => objects.get('lab/z'), t.signal);
  assert.equal(await callClock.advanceToNext(), 60_000);
  const { fields } = await log.line(FAILED);
  assert.match(String(fields.err), /nothing new for 60 s/);
  await clock.advance(Number(fields.retryInMs));
  server.put('a');
  await store.waitFor((objects) => objects.get('lab/a'), t.signal);
  assert.equal(server.lists.length, 1);
});

test('a server that ends every watch at once is asked ever more slowly', async (t) => {
  const { server, clock } = await reflectIn(t, {
    prepare: (server) => {
      server.intercept = ({ query }, response) => {
        if (query.has('watch')) response.writeHead(200).end();
        return query.has('watch');
      };
    },
  });
  const waits: number[] = [];
  for (let i = 1; i <= 20; i++) waits.push(await clock.advanceToNext());
  assert.deepEqual(waits.slice(0, 8), [600, 1200, 2400, 4800, 9600, 19_200, 22_500, 22_500]);
  await server.http.until(() => server.watches.length === 21);
  assert.equal(server.lists.length, 1);
});

test('a watch that ends after minutes is replaced at once, from the last bookmark', async (t) => {
  const { server, clock } = await reflectIn(t);
  await server.http.until(() => server.watches.length === 1);
  server.writeToWatches('{"type":"BOOKMARK","object":{"metadata":{"resourceVersion":"4711"}}}\n');
  await clock.advance(300_000);
  server.endWatches();
  await server.http.until(() => server.watches.length === 2);
  assert.equal(server.watches[1]?.query.get('resourceVersion'), '4711');
});

test('a listener that throws disturbs neither the others nor the watch', async (t) => {
  const { server, store, changes, log } = await reflectIn(t, { prepare: (server) => server.put('a') });
  store.onChange(() => {
    throw new Error('a bug');
  });
  const seen: unknown[] = [];
  store.onChange((current) => seen.push(current?.metadata.name));
  await store.synced();
  server.put('b');
  await store.waitFor((objects) => objects.get('lab/b'), t.signal);
  assert.deepEqual(
    [changes, seen],
    [
      ['+a', '+b'],
      ['a', 'b'],
    ],
  );
  assert.equal(log.entries.filter(({ level }) => level === 'error').length, 2);
  assert.equal(server.watches.length, 1);
});
