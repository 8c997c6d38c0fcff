import assert from 'node:assert/strict';
import { getEventListeners, once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { ClientInterface } from '../../../src/client/client-interface.ts';
import { ByteChannel } from '../../../src/wire/byte-channel.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { recordedSessions, scripted, wrapperOf } from '../../support/recorded-sessions.ts';

const { sessions, clientKey } = recordedSessions(3);
const rsaWrapper = await wrapperOf(clientKey);
const session = sessions.find(({ name }) => name === 'stat') ?? assert.fail('no such recording');
const requestIv = session.steps[14]?.bytes.subarray(-16) ?? Buffer.alloc(0);

/** The frames of the server, by their index in the recording, and what the client is doing while it waits for them. */
const WAITS = new Map([
  [1, 'connecting'],
  [3, 'connecting'],
  [4, 'connecting'],
  [6, 'connecting'],
  [9, 'connecting'],
  [10, 'connecting'],
  [13, 'sending the request'],
  [15, 'the answer'],
  [17, 'reading the response'],
]);

/** A client of a server that plays the recording and falls silent before the frame of that index. */
async function startSilentAt(t: TestContext, index: number) {
  const connection = Promise.withResolvers<Socket>();
  const listener = createServer({ noDelay: true }, connection.resolve).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  const clock = new FakeClock();
  const client = new ClientInterface({
    serverIp: '127.0.0.1',
    serverListenPort: typeof address === 'object' && address ? address.port : 0,
    timeout: 5,
    answerTimeout: 60,
    generation: 3,
    rsaWrapper,
    clock,
    randomBytes: scripted(session.key, session.iv, requestIv),
  });
  const socket = connection.promise.then((accepted) => accepted.on('error', () => undefined));
  t.after(async () => {
    client.closeConnection();
    listener.close();
    connection.promise.then((accepted) => accepted.destroy());
  });
  const silent = socket.then(async (accepted) => {
    const channel = new ByteChannel(accepted);
    for (const { from, bytes } of session.steps.slice(0, index)) {
      if (from === 'server') await channel.write(bytes);
      else await channel.read(bytes.length);
    }
    return channel;
  });
  return { client, clock, silent };
}

async function wholeSession(client: ClientInterface, signal?: AbortSignal) {
  await client.sendRequest(session.request.verb, session.request.parameters, signal);
  return await client.recvResponse(signal);
}

for (const [index, step] of WAITS) {
  test(`a server that falls silent before step ${index} is given up in time`, async (t) => {
    const { client, clock, silent } = await startSilentAt(t, index);
    const seconds = step === 'the answer' ? 60 : 5;
    const request = client.sendRequest(session.request.verb, session.request.parameters);
    if (index > 13) await request;
    const failed = assert.rejects(index > 13 ? client.recvResponse() : request, {
      name: 'RuntimeError',
      code: 'TimedOut',
      message: `${step} took longer than ${seconds} s`,
    });
    const channel = await silent;
    await clock.untilPending(1);
    await clock.advance(seconds * 1000 - 1);
    assert.equal(channel.isClosed, false);
    await clock.advance(1);
    await failed;
    assert.deepEqual([client.isClosed(), clock.pending], [true, 0]);
    if (!channel.isClosed) await once(channel.closed, 'abort');
  });
}

test('sending on an open connection has the time limit, and can be aborted', async (t) => {
  for (const reason of ['TimedOut', 'enough']) {
    const { client, clock, silent } = await startSilentAt(t, 13);
    await client.connectServer();
    const stop = new AbortController();
    const failed = assert.rejects(client.sendRequest('STAT', {}, stop.signal), (error) => {
      return error instanceof Error && ('code' in error ? error.code : error.message) === reason;
    });
    await silent;
    if (reason === 'enough') stop.abort(new Error(reason));
    else await clock.advance(5_000);
    await failed;
    assert.deepEqual([clock.pending, getEventListeners(stop.signal, 'abort').length], [0, 0]);
  }
});

for (const [index] of [...WAITS].filter(([, step]) => step !== 'reading the response')) {
  test(`an abort while the server is silent before step ${index} ends the connection`, async (t) => {
    const { client, clock, silent } = await startSilentAt(t, index);
    const stop = new AbortController();
    const failed = assert.rejects(wholeSession(client, stop.signal), { message: 'enough' });
    const channel = await silent;
    stop.abort(new Error('enough'));
    await failed;
    assert.deepEqual([client.isClosed(), clock.pending], [true, 0]);
    assert.equal(getEventListeners(stop.signal, 'abort').length, 0);
    if (!channel.isClosed) await once(channel.closed, 'abort');
  });
}

test('an abort after the length of the response is acknowledged comes too late: the response is delivered', async (t) => {
  const { client, clock, silent } = await startSilentAt(t, 17);
  const stop = new AbortController();
  const receiving = wholeSession(client, stop.signal);
  const channel = await silent;
  stop.abort(new Error('enough'));
  await channel.write(session.steps[17]?.bytes ?? '');
  assert.deepEqual(await receiving, session.response);
  assert.deepEqual([clock.pending, getEventListeners(stop.signal, 'abort').length], [0, 0]);
});

test('a signal that has aborted before ends the call before anything is dialled', async (t) => {
  const { client, clock } = await startSilentAt(t, 0);
  const signal = AbortSignal.abort(new Error('enough'));
  await assert.rejects(client.sendRequest('STAT', {}, signal), { message: 'enough' });
  await assert.rejects(client.connectServer({ signal }), { message: 'enough' });
  assert.deepEqual([client.getSocketDescriptor(), clock.pending], [undefined, 0]);
  assert.equal(getEventListeners(signal, 'abort').length, 0);
});

test('closing the client ends what it is doing', async (t) => {
  for (const index of [4, 13, 15]) {
    const { client, clock, silent } = await startSilentAt(t, index);
    const failed = assert.rejects(wholeSession(client), { name: 'RuntimeError', code: 'Closed' });
    const channel = await silent;
    client.closeConnection();
    await failed;
    assert.deepEqual([client.isClosed(), clock.pending], [true, 0]);
    if (!channel.isClosed) await once(channel.closed, 'abort');
  }
});

test('one call at a time', async (t) => {
  const { client, silent } = await startSilentAt(t, 4);
  const first = assert.rejects(client.sendRequest('STAT'), { code: 'Closed' });
  await assert.rejects(client.sendRequest('STAT'), {
    code: 'Refused',
    message: 'another call of this client is under way',
  });
  await silent;
  client.closeConnection();
  await first;
});
