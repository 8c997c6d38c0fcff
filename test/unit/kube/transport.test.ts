import assert from 'node:assert/strict';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import test from 'node:test';
import { KubeError } from '../../../src/kube/errors.ts';
import { loadKubeConfig } from '../../../src/kube/load.ts';
import { createTransport } from '../../../src/kube/transport.ts';
import { connect } from '../../support/connect.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { sendJson, sendStatus } from '../../support/scripted-api-server.ts';

const GET = { method: 'GET', path: '/api/v1/pods', idempotent: true } as const;

/** An answer to a list that has nothing in it. */
const EMPTY = { metadata: { resourceVersion: '1' }, items: [] };

function kubeError(fields: { code: number; reason: string; message?: RegExp }) {
  return (error: unknown): true => {
    assert.ok(error instanceof KubeError, String(error));
    assert.deepEqual([error.code, error.reason], [fields.code, fields.reason]);
    if (fields.message) assert.match(error.message, fields.message);
    return true;
  };
}

test('100 calls one after the other use at most 2 connections', async (t) => {
  const { server, transport } = await connect(t, (_, response) => sendJson(response, 200, EMPTY));
  for (let i = 0; i < 100; i++) await transport.call(GET);
  assert.equal(server.requests.length, 100);
  assert.ok(server.connections <= 2, `${server.connections} connections`);
});

test('a call carries the token and says who calls', async (t) => {
  const { server, transport } = await connect(t, (_, response) => sendJson(response, 200, EMPTY), {
    userAgent: 'tester/1',
  });
  await transport.call(GET);
  const { authorization, accept, 'user-agent': userAgent } = server.requests[0]?.headers ?? {};
  assert.deepEqual([authorization, accept, userAgent], ['Bearer a-token', 'application/json', 'tester/1']);
});

test('a call to a server that never answers ends at its deadline', async (t) => {
  const clock = new FakeClock();
  const { server, transport } = await connect(t, () => {}, { clock });
  const call = transport.call(GET);
  const refused = assert.rejects(call, kubeError({ code: 0, reason: 'Timeout', message: /pods: no answer for 30 s/ }));
  await server.until(({ requests }) => requests.length === 1);
  await clock.advance(30_000);
  await refused;
  assert.equal(clock.pending, 0);
});

test('a call to a server that stops in the middle of its answer ends at its deadline', async (t) => {
  const clock = new FakeClock();
  const { server, transport } = await connect(t, (_, response) => void response.writeHead(200).write('{"metadata'), {
    clock,
  });
  const refused = assert.rejects(transport.call(GET), kubeError({ code: 0, reason: 'Timeout' }));
  await server.until(({ requests }) => requests.length === 1);
  await clock.advance(30_000);
  await refused;
});

test('a call that never gets a connection ends at its deadline', async (t) => {
  const deaf = createServer((socket) => t.after(() => socket.destroy())).listen(0, '127.0.0.1');
  t.after(() => deaf.close());
  await once(deaf, 'listening');
  const { port } = deaf.address() as AddressInfo;
  const clock = new FakeClock();
  const { server } = await connect(t, () => {});
  const kubeconfig = server.kubeconfig({}, { server: `https://127.0.0.1:${port}` });
  const transport = createTransport(loadKubeConfig({ kubeconfig }), { clock, connectTimeoutMs: 3_600_000 });
  t.after(() => transport.close());
  const refused = assert.rejects(transport.call(GET), kubeError({ code: 0, reason: 'Timeout' }));
  await once(deaf, 'connection');
  await clock.advance(30_000);
  await refused;
});

test('calls that wait for a free connection end at their deadline', async (t) => {
  const clock = new FakeClock();
  const { server, transport } = await connect(t, () => {}, { clock });
  const calls = Array.from({ length: 300 }, () => transport.call(GET));
  const ended = Promise.allSettled(calls);
  await server.until(({ requests }) => requests.length === 256);
  await clock.advance(30_000);
  assert.ok((await ended).every((call) => call.status === 'rejected' && call.reason.reason === 'Timeout'));
});

test("a caller's abort rejects with its reason and closes the connection", async (t) => {
  const { server, transport } = await connect(t, () => {});
  const caller = new AbortController();
  const reason = new Error('no longer wanted');
  const refused = assert.rejects(transport.call({ ...GET, signal: caller.signal }), reason);
  await server.until(({ requests }) => requests.length === 1);
  caller.abort(reason);
  await refused;
  await server.until(({ openSockets }) => openSockets === 0);
});

test('a server that is not there is ConnectionRefused', async (t) => {
  const { server, transport } = await connect(t, () => {});
  await server.close();
  await assert.rejects(
    transport.call(GET),
    kubeError({ code: 0, reason: 'ConnectionRefused', message: /ECONNREFUSED/ }),
  );
});

test('a refusal carries code, reason and message of its Status', async (t) => {
  const { transport } = await connect(t, (_, response) => sendStatus(response, 409, 'Conflict', 'somebody was faster'));
  await assert.rejects(
    transport.call(GET),
    kubeError({ code: 409, reason: 'Conflict', message: /^somebody was faster$/ }),
  );
});

test('a refusal by something that is no API server is told with its code and first line', async (t) => {
  const { transport } = await connect(t, (_, response) => void response.writeHead(502).end('Bad Gateway\nnginx'));
  await assert.rejects(
    transport.call(GET),
    kubeError({ code: 502, reason: 'Unknown', message: /^the API server answered 502: Bad Gateway$/ }),
  );
});

test('an answer above the cap is refused before it is read', async (t) => {
  const { server, transport } = await connect(
    t,
    (_, response) => void response.writeHead(200).write('x'.repeat(5000)),
    {
      maxAnswerBytes: 1000,
    },
  );
  await assert.rejects(
    transport.call(GET),
    kubeError({ code: 0, reason: 'InvalidAnswer', message: /longer than 1000/ }),
  );
  await server.until(({ openSockets }) => openSockets === 0);
});

test('an answer that is no JSON is refused without quoting it', async (t) => {
  const { transport } = await connect(t, (_, response) => void response.writeHead(200).end('{"data": hunter2'));
  await assert.rejects(transport.call(GET), (error: KubeError) => {
    assert.equal(error.reason, 'InvalidAnswer');
    assert.doesNotMatch(`${error.message} ${error.cause}`, /hunter2/);
    return true;
  });
});

test('429 with Retry-After is tried again after that time', async (t) => {
  const clock = new FakeClock();
  const { server, transport } = await connect(
    t,
    (_, response) =>
      server.requests.length === 1
        ? sendStatus(response, 429, 'TooManyRequests', 'later', { 'Retry-After': '2' })
        : sendJson(response, 200, EMPTY),
    { clock },
  );
  const call = transport.call(GET);
  await clock.untilPending(2);
  await clock.advance(1999);
  assert.equal(server.requests.length, 1);
  await clock.advance(1);
  assert.deepEqual(await call, EMPTY);
  assert.equal(server.requests.length, 2);
});

test('retries end after the fourth try', async (t) => {
  const { server, transport } = await connect(t, (_, response) =>
    sendStatus(response, 503, 'ServiceUnavailable', 'later', { 'Retry-After': '0' }),
  );
  await assert.rejects(transport.call(GET), kubeError({ code: 503, reason: 'ServiceUnavailable' }));
  assert.equal(server.requests.length, 4);
});

test('a Retry-After beyond the deadline is not waited for', async (t) => {
  const { server, transport } = await connect(t, (_, response) =>
    sendStatus(response, 429, 'TooManyRequests', 'later', { 'Retry-After': '31' }),
  );
  await assert.rejects(transport.call(GET), (error: KubeError) => error.retryAfterSeconds === 31);
  assert.equal(server.requests.length, 1);
});

test('what may have been done, or is not said to pass, is not tried again', async (t) => {
  const { server, transport } = await connect(t, (request, response) =>
    request.method === 'POST'
      ? sendStatus(response, 503, 'ServiceUnavailable', 'later', { 'Retry-After': '0' })
      : sendStatus(response, 503, 'ServiceUnavailable'),
  );
  await assert.rejects(transport.call({ method: 'POST', path: '/api/v1/pods', body: {} }), { code: 503 });
  await assert.rejects(transport.call(GET), { code: 503 });
  assert.equal(server.requests.length, 2);
});

test('what 429 refused was not done, so a create is tried again', async (t) => {
  const { server, transport } = await connect(t, (_, response) =>
    server.requests.length === 1
      ? sendStatus(response, 429, 'TooManyRequests', 'later', { 'Retry-After': '0' })
      : sendJson(response, 201, EMPTY),
  );
  assert.deepEqual(await transport.call({ method: 'POST', path: '/api/v1/pods', body: { a: 1 } }), EMPTY);
  assert.deepEqual(
    server.requests.map(({ body }) => body),
    ['{"a":1}', '{"a":1}'],
  );
});

test('a kept connection that the server resets is replaced for a GET', async (t) => {
  const used = new Set<object>();
  let resets = 0;
  const { server, transport } = await connect(t, ({ socket }, response) => {
    if (used.has(socket) && resets++ === 0) {
      socket.resetAndDestroy();
    } else {
      used.add(socket);
      sendJson(response, 200, EMPTY);
    }
  });
  for (let i = 0; i < 5; i++) assert.deepEqual(await transport.call(GET), EMPTY);
  assert.ok(resets > 0);
  assert.equal(server.requests.length, 6);
});

test('what may have been done already is not sent again after a reset', async (t) => {
  const { server, transport } = await connect(t, ({ socket }) => void socket.resetAndDestroy());
  await assert.rejects(transport.call({ method: 'POST', path: '/api/v1/pods', body: {} }), {
    reason: 'ConnectionReset',
  });
  assert.equal(server.requests.length, 1);
});

test('nothing is open after close', async (t) => {
  const { server, transport } = await connect(t, (_, response) => sendJson(response, 200, EMPTY));
  await transport.call(GET);
  await transport.close();
  await server.until(({ openSockets }) => openSockets === 0);
});
