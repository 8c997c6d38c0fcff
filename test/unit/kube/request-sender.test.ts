import assert from 'node:assert/strict';
import test from 'node:test';
import type { RequestMetrics } from '../../../src/kube/request-metrics.ts';
import { connect } from '../../support/connect.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { sendJson, sendStatus } from '../../support/scripted-api-server.ts';

const GET = { method: 'GET', path: '/api/v1/pods', idempotent: true } as const;
const POST = { method: 'POST', path: '/api/v1/pods', body: {} } as const;

/** Metrics as lines. */
class RecordedMetrics implements RequestMetrics {
  readonly requests: string[] = [];
  readonly hosts = new Set<string>();
  readonly waits: number[] = [];

  answered({ method, host, code, seconds }: Parameters<RequestMetrics['answered']>[0]): void {
    this.requests.push(`${method} ${code} ${seconds} s`);
    this.hosts.add(host);
  }

  throttled(seconds: number): void {
    this.waits.push(seconds);
  }
}

test('more calls than the burst wait for their turn, and each wait is told', async (t) => {
  const clock = new FakeClock();
  const metrics = new RecordedMetrics();
  const options = { clock, metrics, rateLimit: { perSecond: 2, burst: 3 } };
  const { server, transport } = await connect(t, (_, response) => sendJson(response, 200, {}), options);
  const calls = Promise.all(Array.from({ length: 5 }, () => transport.call(GET)));
  await server.until(({ requests }) => requests.length === 3);
  await clock.advance(499);
  assert.equal(server.requests.length, 3);
  await clock.advance(1);
  await server.until(({ requests }) => requests.length === 4);
  await clock.advance(499);
  assert.equal(server.requests.length, 4);
  await clock.advance(1);
  await calls;
  assert.equal(server.requests.length, 5);
  assert.deepEqual(metrics.waits, [0.5, 1]);
});

test('a call does not wait for its turn beyond its deadline, nor after its abort', async (t) => {
  const clock = new FakeClock();
  const rateLimit = { perSecond: 0.001, burst: 1 };
  const { server, transport } = await connect(t, (_, response) => sendJson(response, 200, {}), { clock, rateLimit });
  await transport.call(GET);
  const caller = new AbortController();
  const aborted = assert.rejects(transport.call({ ...GET, signal: caller.signal }), /no longer wanted/);
  const late = assert.rejects(transport.call(GET), { reason: 'Timeout' });
  caller.abort(new Error('no longer wanted'));
  await aborted;
  await clock.advance(30_000);
  await late;
  assert.equal(server.requests.length, 1);
  assert.equal(clock.pending, 0);
});

test('a stream takes one turn, when it is opened', async (t) => {
  const clock = new FakeClock();
  const rateLimit = { perSecond: 1, burst: 1 };
  const { server, transport } = await connect(t, (_, response) => void response.write('one'), { clock, rateLimit });
  const first = transport.stream('/', 60_000, t.signal);
  const second = transport.stream('/', 60_000, t.signal);
  await first.next();
  const opened = second.next();
  await clock.advance(999);
  assert.equal(server.requests.length, 1);
  await clock.advance(1);
  await opened;
  assert.equal(server.requests.length, 2);
  await Promise.all([first.return(undefined), second.return(undefined)]);
});

test('every attempt is counted with method, host and code; a stream as soon as it is open', async (t) => {
  const clock = new FakeClock();
  const metrics = new RecordedMetrics();
  const { server, transport } = await connect(
    t,
    ({ path }, response) => {
      if (path === '/stream') response.write('one');
      else if (server.requests.length === 1) sendStatus(response, 429, 'TooManyRequests', 'no', { 'Retry-After': '1' });
      else sendJson(response, 200, {});
    },
    { clock, metrics },
  );
  const call = transport.call(POST);
  await clock.untilPending(2);
  await clock.advance(1000);
  await call;
  const stream = transport.stream('/stream', 60_000, t.signal);
  await stream.next();
  assert.deepEqual(metrics.requests, ['POST 429 0 s', 'POST 200 0 s', 'GET 200 0 s']);
  assert.deepEqual([...metrics.hosts], [new URL(server.url).host]);
  await stream.return(undefined);
});

test('a request without an answer is counted as an error, with the time it took', async (t) => {
  const clock = new FakeClock();
  const metrics = new RecordedMetrics();
  const { server, transport } = await connect(t, () => {}, { clock, metrics });
  const late = assert.rejects(transport.call(GET), { reason: 'Timeout' });
  await server.until(({ requests }) => requests.length === 1);
  await clock.advance(30_000);
  await late;
  await server.close();
  await assert.rejects(transport.call(POST), { reason: 'ConnectionRefused' });
  assert.deepEqual(metrics.requests, ['GET <error> 30 s', 'POST <error> 0 s']);
});

test('beforeWrite is asked before each write, and before no read', async (t) => {
  const asked: number[] = [];
  const { server, transport } = await connect(t, (_, response) => sendJson(response, 200, {}), {
    beforeWrite: () => void asked.push(server.requests.length),
  });
  for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const) {
    await transport.call({ method, path: '/', body: {} });
  }
  assert.deepEqual(asked, [1, 2, 3, 4]);
});

test('what beforeWrite throws is what the call rejects with; nothing is sent, and reads go on', async (t) => {
  const deposed = new Error('not the leader any more');
  const { server, transport } = await connect(t, (_, response) => sendJson(response, 200, {}), {
    beforeWrite: () => {
      throw deposed;
    },
  });
  for (let i = 0; i < 3; i++) {
    await assert.rejects(transport.call(POST), (error) => error === deposed);
    assert.deepEqual(await transport.call(GET), {});
  }
  assert.deepEqual(
    server.requests.map(({ method }) => method),
    ['GET', 'GET', 'GET'],
  );
  assert.ok(server.connections <= 2, `${server.connections} connections`);
});

test('beforeWrite is asked again when a write is tried again', async (t) => {
  const deposed = new Error('not the leader any more');
  let isLeader = true;
  const { server, transport } = await connect(
    t,
    (_, response) => {
      isLeader = false;
      sendStatus(response, 429, 'TooManyRequests', 'later', { 'Retry-After': '0' });
    },
    {
      beforeWrite: () => {
        if (!isLeader) throw deposed;
      },
    },
  );
  await assert.rejects(transport.call(POST), (error) => error === deposed);
  assert.equal(server.requests.length, 1);
});

test('beforeWrite is asked when the turn has come, not before', async (t) => {
  const clock = new FakeClock();
  const asked: number[] = [];
  const { transport } = await connect(t, (_, response) => sendJson(response, 200, {}), {
    clock,
    rateLimit: { perSecond: 1, burst: 1 },
    beforeWrite: () => void asked.push(clock.elapsed()),
  });
  const calls = Promise.all([transport.call(POST), transport.call(POST)]);
  await clock.untilPending(2);
  await clock.advance(1000);
  await calls;
  assert.deepEqual(asked, [0, 1000]);
});
