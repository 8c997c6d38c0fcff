import assert from 'node:assert/strict';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { test } from 'node:test';
import { ask, converse, dialWeb, heldHandler, ok, refused, responsesIn, startWebServer } from './fixture.ts';

const GET_STAT = 'GET /stat HTTP/1.1\r\nhost: x\r\n\r\n';
const LAST_GET_STAT = 'GET /stat HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n';
const POST_9 = 'POST /stat HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n';
const STATISTICS = ok({ version: '0.0.0-test', uptime: 7, available: 2 });
/** Sources of which nobody is ever under penalty. */
const admitting = (admit: (address: string) => (() => void) | undefined) => ({
  admit,
  turnsAway: () => false,
  penalise: () => undefined,
});
const fault = (reason: string) => refused(`Bad request (reason : ${reason})`);

/** What came back for these bytes: the status lines and the response objects. */
async function statusesAndAnswers(port: number, bytes: string) {
  const read = await converse(port, bytes);
  return {
    statuses: [...read.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, code]) => Number(code)),
    answers: responsesIn(read),
  };
}

test('a body of 16 KiB is read, a larger one is refused, whatever its length is said to be', async () => {
  await using web = await startWebServer();
  const body = (size: number) => `{"a":"${'x'.repeat(size - 8)}"}`;
  const chunked = { 'transfer-encoding': 'chunked' };
  assert.equal((await ask(web.port, 'POST', '/echo', { body: body(16 * 1024) })).status, 200);
  const answers = [
    await ask(web.port, 'POST', '/echo', { body: body(16 * 1024 + 1) }),
    await ask(web.port, 'POST', '/stat', { body: 'x'.repeat(200_000) }),
    await ask(web.port, 'GET', '/', { body: 'x'.repeat(200_000) }),
  ];
  for (const { status, json, headers } of answers) {
    assert.deepEqual([status, json, headers.connection], [413, fault('Request too large'), 'close']);
  }
  const head = `POST /echo HTTP/1.1\r\nhost: x\r\n${Object.entries(chunked).map((pair) => pair.join(': '))}\r\n\r\n`;
  const chunk = `1000\r\n${'x'.repeat(4096)}\r\n`;
  assert.deepEqual(await statusesAndAnswers(web.port, `${head}${chunk.repeat(5)}0\r\n\r\n`), {
    statuses: [413],
    answers: [fault('Request too large')],
  });
});

test('a body that is said to be huge is not waited for', async () => {
  await using web = await startWebServer();
  const head = 'POST /stat HTTP/1.1\r\nhost: x\r\ncontent-length: 99999999999\r\n\r\n';
  assert.deepEqual((await statusesAndAnswers(web.port, head)).statuses, [413]);
});

test('a body without an end is not read for ever', async () => {
  await using web = await startWebServer();
  const head = 'POST /stat HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n';
  const socket = await dialWeb(web.port);
  const read = text(socket);
  socket.write(`${head}${`10000\r\n${'x'.repeat(65_536)}\r\n`.repeat(5)}`);
  assert.match(await read.catch(String), /413|ECONNRESET/);
  socket.destroy();
});

test('what is no HTTP, or too much of it, is answered and closed', async () => {
  await using web = await startWebServer();
  const wrong: [bytes: string, status: number, reason: string][] = [
    ['800=====\r\n\r\n', 400, 'Malformed request'],
    ['GET /stat HTTP/1.1\r\n\r\n', 400, 'Malformed request'],
    [
      'POST /stat HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ntransfer-encoding: chunked\r\n\r\n',
      400,
      'Malformed request',
    ],
    [`GET /stat HTTP/1.1\r\nhost: x\r\na: ${'x'.repeat(9_000)}\r\n\r\n`, 431, 'Headers too large'],
    ['CONNECT x:1 HTTP/1.1\r\nhost: x\r\n\r\n', 405, 'Method not allowed'],
  ];
  for (const [bytes, status, reason] of wrong) {
    assert.deepEqual(await statusesAndAnswers(web.port, bytes), { statuses: [status], answers: [fault(reason)] });
  }
});

test('a request has to arrive in time, however it drips', async () => {
  await using web = await startWebServer({ timeoutSeconds: 10 });
  const starts = ['', 'GET /st', 'GET /stat HTTP/1.1\r\nhost: x\r\n', POST_9];
  for (const start of starts) {
    const socket = await dialWeb(web.port);
    socket.write(start);
    const read = text(socket);
    await web.clock.untilPending(1);
    await web.clock.advance(9_000);
    socket.write('P');
    await web.clock.advance(1_000);
    assert.match(await read, /^HTTP\/1\.1 408 /);
    socket.destroy();
  }
});

test('a client that does not close after it was refused is cut off', async () => {
  const left = Promise.withResolvers<void>();
  await using web = await startWebServer({ sources: admitting(() => left.resolve) });
  const socket = await dialWeb(web.port);
  await web.clock.untilPending(1);
  await web.clock.advance(10_000);
  assert.match(await text(socket), /^HTTP\/1\.1 408 /);
  assert.equal(socket.writable, true);
  await web.clock.advance(1_000);
  await left.promise;
  socket.destroy();
});

test('garbage behind a request is not answered in its place', async () => {
  await using web = await startWebServer();
  assert.doesNotMatch(await converse(web.port, `${GET_STAT}garbage\r\n\r\n`), /400/);
});

test('a client that does not read its response is cut off', async () => {
  const held = heldHandler();
  const left = Promise.withResolvers<void>();
  const more = 'x'.repeat(64 * 1024 * 1024);
  await using web = await startWebServer({
    sources: admitting(() => left.resolve),
    handlers: { HOLD: async (call) => ({ ...(await held.handler(call)), ...ok({ more }) }) },
  });
  const socket = await dialWeb(web.port);
  socket.write('POST /hold HTTP/1.1\r\nhost: x\r\n\r\n');
  await held.reached;
  assert.equal(web.clock.pending, 0);
  held.go();
  await web.clock.untilPending(1);
  await web.clock.advance(10_000);
  await left.promise;
  socket.destroy();
});

test('a connection that is kept open has its time anew for each request', async () => {
  await using web = await startWebServer();
  const socket = await dialWeb(web.port);
  const read = text(socket);
  for (let round = 1; round <= 3; round += 1) {
    await web.clock.advance(9_000);
    socket.write(round === 3 ? LAST_GET_STAT : GET_STAT);
    await web.log.line('request answered', round);
    await web.clock.untilPending(round === 3 ? 0 : 1);
  }
  assert.deepEqual(responsesIn(await read), [STATISTICS, STATISTICS, STATISTICS]);
});

test('requests that come at once are served one after the other, and answered in their order', async () => {
  const held = heldHandler();
  await using web = await startWebServer({ handlers: { HOLD: held.handler } });
  const socket = await dialWeb(web.port);
  const read = text(socket);
  socket.write(`POST /hold HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{}${GET_STAT}${LAST_GET_STAT}`);
  await held.reached;
  // One more connection, served meanwhile: had the next request on the first been, it would be in the log before it.
  await ask(web.port, 'POST', '/echo');
  held.go();
  assert.deepEqual(responsesIn(await read), [ok(), STATISTICS, STATISTICS]);
  const verbs = web.log.entries.map(({ fields }) => fields.verb);
  assert.deepEqual(verbs, ['ECHO', 'HOLD', 'STAT', 'STAT']);
});

test('nothing is served that comes after the last request of a connection', async () => {
  await using web = await startWebServer();
  const read = await converse(web.port, LAST_GET_STAT + GET_STAT);
  assert.deepEqual(responsesIn(read), [STATISTICS]);
  const refusal = await converse(web.port, `DELETE /stat HTTP/1.1\r\nhost: x\r\n\r\n${GET_STAT}`);
  assert.deepEqual(responsesIn(refusal), [fault('Method not allowed')]);
  await web.server.stop(0);
  assert.equal(web.log.entries.filter(({ message }) => message === 'request answered').length, 1);
});

test('a client that piles up requests is cut off', async () => {
  const held = heldHandler();
  await using web = await startWebServer({ handlers: { HOLD: held.handler } });
  const socket = await dialWeb(web.port);
  socket.write(`POST /hold HTTP/1.1\r\nhost: x\r\n\r\n${GET_STAT.repeat(3)}`);
  await held.reached;
  socket.write(GET_STAT);
  assert.equal(((await held.left) as { code: string }).code, 'Closed');
});

test('a connection serves 100 requests', async () => {
  await using web = await startWebServer();
  const socket = await dialWeb(web.port);
  const read = text(socket);
  for (let sent = 1; sent <= 100; sent += 1) {
    socket.write(GET_STAT);
    await web.log.line('request answered', sent);
  }
  assert.equal(responsesIn(await read).length, 100);
});

for (const [how, leave] of [
  ['ends its side', 'end'],
  ['resets the connection', 'resetAndDestroy'],
  ['closes', 'destroy'],
] as const) {
  test(`a client that ${how} while it is being served has left`, async () => {
    const held = heldHandler();
    await using web = await startWebServer({ handlers: { CREATE: held.handler } });
    const socket = await dialWeb(web.port);
    socket.write('POST /create HTTP/1.1\r\nhost: x\r\n\r\n');
    await held.reached;
    const gone = once(socket.resume(), 'close');
    socket[leave]();
    assert.equal(((await held.left) as { code: string }).code, 'Closed');
    await gone;
    assert.equal((await web.log.line('request answered')).fields.answer, 'none');
    await web.server.stop(0);
    assert.equal(web.clock.pending, 0);
    assert.deepEqual(web.errors, []);
  });
}

test('with one connection too many the one that has been silent longest goes', async () => {
  const held = heldHandler();
  await using web = await startWebServer({ maxConnections: 2, handlers: { HOLD: held.handler } });
  const served = await dialWeb(web.port);
  served.write('POST /hold HTTP/1.1\r\nhost: x\r\n\r\n');
  await held.reached;
  const silent = await dialWeb(web.port);
  const gone = once(silent.resume(), 'end');
  assert.deepEqual((await ask(web.port, 'GET', '/stat')).json, STATISTICS);
  await gone;
  held.go();
  const [chunk] = await once(served, 'data');
  assert.match(String(chunk), /"success":true/);
  served.destroy();
});

test('who is being served keeps its place', async () => {
  const held = heldHandler();
  await using web = await startWebServer({ maxConnections: 1, handlers: { HOLD: held.handler } });
  const served = ask(web.port, 'POST', '/hold');
  await held.reached;
  await assert.rejects(ask(web.port, 'GET', '/stat'), { code: 'ECONNRESET' });
  held.go();
  assert.deepEqual((await served).json, ok());
});

test('an address that is not admitted is cut off; one that is counts until its connection is closed', async () => {
  const inside = new Set<number>();
  let seen = 0;
  const left = Promise.withResolvers<void>();
  const admit = (address: string) => {
    assert.equal(address, '127.0.0.1');
    seen += 1;
    const number = seen;
    if (number > 1) return undefined;
    inside.add(number);
    return () => {
      inside.delete(number);
      left.resolve();
    };
  };
  await using web = await startWebServer({ sources: admitting(admit) });
  const first = await dialWeb(web.port);
  first.write(GET_STAT);
  await once(first, 'data');
  await assert.rejects(ask(web.port, 'GET', '/stat'), { code: 'ECONNRESET' });
  assert.deepEqual([...inside], [1]);
  first.destroy();
  await left.promise;
  assert.deepEqual([...inside], []);
});
