import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { createMetrics } from '../../../src/observability/metrics.ts';
import { serveMetrics } from '../../../src/observability/serve-metrics.ts';
import { parseExposition } from './exposition.ts';
import { ask } from './served.ts';

async function start(t: TestContext) {
  const stop = new AbortController();
  t.after(() => stop.abort());
  const metrics = createMetrics();
  const server = await serveMetrics({ host: '127.0.0.1', port: 0 }, metrics.registry, stop.signal);
  return { metrics, server, stop };
}

test('a scraper gets the text format, and others nothing', async (t) => {
  const { metrics, server } = await start(t);
  metrics.queue.added('server');
  const { code, body, headers } = await ask(server, '/metrics');
  assert.equal(code, 200);
  assert.equal(headers['content-type'], 'text/plain; version=0.0.4; charset=utf-8');
  assert.equal(parseExposition(body).get('workqueue_adds_total')?.samples[0]?.value, 1);
  assert.equal((await ask(server, '/metrics?name=x')).code, 200);
  for (const path of ['/', '/metrics/', '/healthz', '//['])
    assert.equal((await ask(server, path)).code, path === '//[' ? 400 : 404);
});

test('nothing but GET is answered', async (t) => {
  const { server } = await start(t);
  for (const method of ['POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS']) {
    const { code, headers } = await ask(server, '/metrics', method);
    assert.equal(code, 405);
    assert.equal(headers.allow, 'GET');
  }
});

test('a metric that can not be read costs an answer, not the process', async (t) => {
  const { metrics, server } = await start(t);
  metrics.queue.observe('server', () => {
    throw new Error('secret');
  });
  const { code, body } = await ask(server, '/metrics');
  assert.deepEqual([code, body], [500, 'internal error\n']);
});

test('connections have a limit, and end with the server', async (t) => {
  const { server, stop } = await start(t);
  const refused = once(server, 'drop');
  const closed = Array.from({ length: 65 }, () => closedSocket(server));
  await Promise.race(closed);
  await refused;
  assert.equal(await promisify(server.getConnections.bind(server))(), 64);
  const gone = once(server, 'close');
  stop.abort();
  await Promise.all([gone, ...closed]);
});

/** Resolves when a connection that asks for nothing is closed, however. */
function closedSocket(server: Server): Promise<void> {
  const socket = connect((server.address() as AddressInfo).port, '127.0.0.1').on('error', () => undefined);
  return new Promise((resolve) => socket.once('close', () => resolve()));
}

test('an address that is taken is an error', async (t) => {
  const { metrics, server, stop } = await start(t);
  const { port } = server.address() as AddressInfo;
  await assert.rejects(serveMetrics({ host: '127.0.0.1', port }, metrics.registry, stop.signal), {
    code: 'EADDRINUSE',
  });
});
