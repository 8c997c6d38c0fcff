import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { type HealthChecks, serveHealth } from '../../../src/observability/health.ts';
import { ask } from './served.ts';

async function start(t: TestContext, checks: HealthChecks) {
  const stop = new AbortController();
  t.after(() => stop.abort());
  return serveHealth({ host: '127.0.0.1', port: 0 }, checks, stop.signal);
}

test('a probe is told ok while all its checks are', async (t) => {
  let problem: string | undefined;
  const server = await start(t, {
    alive: { ping: () => undefined },
    ready: { one: () => undefined, two: () => problem },
  });
  assert.deepEqual(await brief(server, '/readyz'), [200, 'ok\n']);
  assert.deepEqual(await brief(server, '/readyz?verbose'), [200, '[+]one ok\n[+]two ok\nreadyz check passed\n']);
  problem = 'not yet';
  assert.deepEqual(await brief(server, '/readyz'), [503, '[+]one ok\n[-]two failed: not yet\nreadyz check failed\n']);
  assert.deepEqual(await brief(server, '/healthz'), [200, 'ok\n']);
});

test('one check can be asked for, and one left out', async (t) => {
  const server = await start(t, { alive: {}, ready: { one: () => undefined, two: () => 'no' } });
  assert.deepEqual(await brief(server, '/readyz/one'), [200, 'ok\n']);
  assert.equal((await ask(server, '/readyz/two')).code, 503);
  assert.deepEqual(await brief(server, '/readyz?exclude=two'), [200, 'ok\n']);
});

test('a check that throws has failed, and says nothing of what it threw', async (t) => {
  const broken = () => {
    throw new Error('secret');
  };
  const server = await start(t, { alive: { broken }, ready: {} });
  assert.deepEqual(await brief(server, '/healthz'), [
    503,
    '[-]broken failed: the check itself failed\nhealthz check failed\n',
  ]);
});

test('a single question is a check too', async (t) => {
  let ready = false;
  const server = await start(t, { alive: () => true, ready: () => ready });
  assert.equal((await ask(server, '/readyz')).code, 503);
  ready = true;
  assert.equal((await ask(server, '/readyz')).code, 200);
});

test('there is nothing elsewhere', async (t) => {
  const server = await start(t, { alive: {}, ready: { one: () => undefined } });
  for (const path of [
    '/',
    '/livez',
    '/readyz/',
    '/readyz/three',
    '/readyz/one/two',
    '/readyz/toString',
    '/constructor',
  ]) {
    assert.equal((await ask(server, path)).code, 404, path);
  }
  assert.equal((await ask(server, '/readyz', 'POST')).code, 405);
});

async function brief(server: Awaited<ReturnType<typeof start>>, path: string): Promise<[number, string]> {
  const { code, body } = await ask(server, path);
  return [code, body];
}
