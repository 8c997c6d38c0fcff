import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { ClientInterface } from '../../../src/client/client-interface.ts';
import * as constants from '../../../src/client/constants.ts';
import { AESWrapper } from '../../../src/wire/aes-wrapper.ts';
import { ByteChannel } from '../../../src/wire/byte-channel.ts';
import { RuntimeError, ValueError } from '../../../src/wire/errors.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { MemoryContainerBackend } from '../../support/memory-container-backend.ts';
import { RecordedLog } from '../../support/recorded-log.ts';
import { recordedSessions, wrapperOf } from '../../support/recorded-sessions.ts';
import { startTestServer } from '../../support/test-server.ts';
import { OldServer } from './old-server.ts';

const { serverKey, clientKey } = recordedSessions(3);
const serverRsa = await wrapperOf(serverKey);
const rsaWrapper = await wrapperOf(clientKey);
const serverIp = '127.0.0.1';

/** A listener that is no Anweddol server. @returns its port */
async function listen(t: TestContext, serve: (socket: Socket) => void): Promise<number> {
  const sockets = new Set<Socket>();
  const listener = createServer((socket) => {
    sockets.add(socket.on('error', () => undefined));
    serve(socket);
  });
  await new Promise<void>((resolve) => listener.listen(0, serverIp, resolve));
  t.after(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => listener.close(resolve));
  });
  const address = listener.address();
  return typeof address === 'object' && address ? address.port : 0;
}

test('a client connects by itself, and is closed before and after', async () => {
  await using server = await startTestServer({ rsaWrapper: serverRsa });
  const client = new ClientInterface({ serverIp, serverListenPort: server.getListenPort(), rsaWrapper });
  assert.equal(client.isClosed(), true);
  assert.equal(client.getSocketDescriptor(), undefined);
  await client.sendRequest('STAT');
  assert.equal(client.isClosed(), false);
  assert.equal(client.getSocketDescriptor()?.remotePort, server.getListenPort());
  assert.equal((await client.recvResponse()).message, 'OK');
  client.closeConnection();
  const socket = client.getSocketDescriptor();
  if (socket && !socket.destroyed) await new Promise((resolve) => socket.once('close', resolve));
  assert.equal(client.isClosed(), true);
});

test('without autoConnect, nothing is sent before connectServer', async () => {
  await using server = await startTestServer({ rsaWrapper: serverRsa });
  const serverListenPort = server.getListenPort();
  await using client = new ClientInterface({ serverIp, serverListenPort, rsaWrapper, autoConnect: false });
  await assert.rejects(client.sendRequest('STAT'), { name: 'RuntimeError', code: 'NotConnected' });
  await assert.rejects(client.recvResponse(), { code: 'NotConnected' });
  await client.connectServer();
  await client.sendRequest('STAT');
  assert.equal((await client.recvResponse()).success, true);
});

test('the wrappers can be set and read, and the key of the session is the one the server gave', async () => {
  await using server = await startTestServer({ rsaWrapper: serverRsa });
  await using client = new ClientInterface({ serverIp, serverListenPort: server.getListenPort() });
  assert.equal(client.getRSAWrapper(), undefined);
  client.setRSAWrapper(rsaWrapper);
  assert.equal(client.getRSAWrapper(), rsaWrapper);
  const proposed = new AESWrapper(Buffer.alloc(32, 1), Buffer.alloc(16, 2));
  client.setAESWrapper(proposed);
  assert.equal(client.getAESWrapper(), proposed);
  await client.connectServer();
  assert.notDeepEqual(client.getAESWrapper().key, proposed.key);
});

test('the constants have the names and values that the protocol gives them', () => {
  assert.deepEqual(
    { ...constants },
    {
      DEFAULT_SERVER_LISTEN_PORT: 6150,
      DEFAULT_CLIENT_TIMEOUT: 10,
      DEFAULT_AUTO_CONNECT: true,
      DEFAULT_RECEIVE_FIRST: false,
      DEFAULT_ANSWER_TIMEOUT: 300,
      MESSAGE_OK: '1',
      MESSAGE_NOK: '0',
      REQUEST_VERB_CREATE: 'CREATE',
      REQUEST_VERB_DESTROY: 'DESTROY',
      REQUEST_VERB_STAT: 'STAT',
      RESPONSE_MSG_OK: 'OK',
      RESPONSE_MSG_BAD_AUTH: 'Bad authentication',
      RESPONSE_MSG_BAD_REQ: 'Bad request',
      RESPONSE_MSG_REFUSED_REQ: 'Refused request',
      RESPONSE_MSG_UNAVAILABLE: 'Unavailable',
      RESPONSE_MSG_INTERNAL_ERROR: 'Internal error',
    },
  );
});

test('a client without a server to connect to says so', async () => {
  const nowhere = { name: 'RuntimeError', code: 'NotConnected' };
  await assert.rejects(new ClientInterface().connectServer(), nowhere);
  await assert.rejects(new ClientInterface({ rsaWrapper }).sendRequest('STAT'), nowhere);
  for (const step of ['sendPublicRSAKey', 'recvPublicRSAKey', 'sendAESKey', 'recvAESKey', 'recvResponse'] as const) {
    await assert.rejects(new ClientInterface({ serverIp })[step](), nowhere);
  }
  const badPort = new ClientInterface({ serverIp, serverListenPort: 65_536, rsaWrapper });
  await assert.rejects(badPort.connectServer(), { name: 'RuntimeError', code: 'ConnectFailed' });
});

test('a second request makes a new connection to where the first one went', async () => {
  await using server = await OldServer.start({ rsa: serverRsa, generation: 3, speaksFirst: true });
  await using client = new ClientInterface({ serverIp: 'no-such-host.invalid', rsaWrapper });
  await client.connectServer({ host: serverIp, port: server.port, receiveFirst: true });
  await assert.rejects(client.connectServer(), { name: 'RuntimeError', code: 'Refused' });
  for (const connections of [1, 2]) {
    await client.sendRequest('STAT');
    assert.equal((await client.recvResponse()).success, true);
    assert.equal(server.connections, connections);
    client.closeConnection();
  }
});

test('leaving the scope closes the connection', async () => {
  await using server = await OldServer.start({ rsa: serverRsa, generation: 3 });
  {
    await using client = new ClientInterface({ serverIp, serverListenPort: server.port, rsaWrapper });
    await client.connectServer();
  }
  await server.deserted();
});

test('each connection proposes a new key, unless one is given', async () => {
  await using server = await OldServer.start({ rsa: serverRsa, generation: 3 });
  // This server gives back what was proposed.
  const client = new ClientInterface({ serverIp, serverListenPort: server.port, rsaWrapper });
  const first = client.getAESWrapper().key;
  const keys: Buffer[] = [];
  for (let round = 0; round < 3; round += 1) {
    if (round === 2) client.setAESWrapper(new AESWrapper(Buffer.alloc(32, 1), Buffer.alloc(16, 2)));
    await client.connectServer();
    keys.push(client.getAESWrapper().key);
    client.closeConnection();
  }
  assert.deepEqual(keys[0], first);
  assert.notDeepEqual(keys[1], first);
  assert.deepEqual(keys[2], Buffer.alloc(32, 1));
});

test('the key that the client makes has the length asked for', async () => {
  await using server = await OldServer.start({ rsa: serverRsa, generation: 3 });
  await using client = new ClientInterface({ serverIp, serverListenPort: server.port, keyBits: 2048 });
  await client.sendRequest('STAT');
  assert.equal((await client.recvResponse()).success, true);
  assert.equal(client.getRSAWrapper()?.blockBytes, 256);
});

test('an abort ends the wait for the key that the client makes', async () => {
  const stop = new AbortController();
  const client = new ClientInterface({ serverIp, serverListenPort: 1 });
  const connecting = assert.rejects(client.connectServer({ signal: stop.signal }), { message: 'enough' });
  stop.abort(new Error('enough'));
  await connecting;
  assert.equal(client.getRSAWrapper(), undefined);
  assert.equal(getEventListeners(stop.signal, 'abort').length, 0);
});

test("the client's access token goes with every request that has none", async () => {
  await using server = await OldServer.start({ rsa: serverRsa, generation: 3 });
  const [own, other] = ['a'.repeat(124), 'b'.repeat(124)];
  const client = new ClientInterface({ serverIp, serverListenPort: server.port, rsaWrapper, accessToken: own });
  for (const parameters of [{}, { access_token: other }]) {
    await client.sendRequest('CREATE', parameters);
    await client.recvResponse();
    client.closeConnection();
  }
  assert.deepEqual(
    server.requests.map(({ parameters }) => parameters),
    [{ access_token: own }, { access_token: other }],
  );
  const wrong = new ClientInterface({ serverIp, serverListenPort: server.port, rsaWrapper, accessToken: 'short' });
  await assert.rejects(wrong.sendRequest('STAT'), { name: 'ValueError', code: 'MalformedRequest' });
});

test('two that both speak first notice it, and two that both wait give up in time', async () => {
  await using eager = await OldServer.start({ rsa: serverRsa, generation: 3, speaksFirst: true });
  const client = new ClientInterface({ serverIp, serverListenPort: eager.port, rsaWrapper });
  await assert.rejects(client.connectServer(), {
    name: 'RuntimeError',
    code: 'Unacknowledged',
    message: /or one that speaks first \(`receiveFirst`\)$/,
  });
  assert.equal(client.isClosed(), true);

  const connected = Promise.withResolvers<void>();
  await using patient = await OldServer.start({ rsa: serverRsa, generation: 3, interfere: () => connected.resolve() });
  const clock = new FakeClock();
  const waiting = new ClientInterface({ serverIp, serverListenPort: patient.port, rsaWrapper, clock });
  const connecting = assert.rejects(waiting.connectServer({ receiveFirst: true }), {
    code: 'TimedOut',
    message: 'connecting to a server that is to speak first took longer than 10 s',
  });
  await connected.promise;
  await clock.advance(10_000);
  await connecting;
  assert.equal(clock.pending, 0);
});

test('a request that the protocol does not allow is not sent', async () => {
  const client = new ClientInterface({ serverIp, serverListenPort: 1, rsaWrapper });
  await assert.rejects(client.sendRequest('stat'), { name: 'ValueError', code: 'MalformedRequest' });
});

test('a port where nobody listens, and a name nobody has, are failures to connect', async (t) => {
  const port = await listen(t, () => undefined);
  const dead = createServer();
  await new Promise<void>((resolve) => dead.listen(0, serverIp, resolve));
  const address = dead.address();
  const serverListenPort = typeof address === 'object' && address ? address.port : 0;
  await new Promise((resolve) => dead.close(resolve));
  const client = new ClientInterface({ serverIp, serverListenPort, rsaWrapper });
  await assert.rejects(client.connectServer(), {
    name: 'RuntimeError',
    code: 'ConnectFailed',
    message: /connection refused$/,
  });
  const nowhere = new ClientInterface({ serverIp: 'no-such-host.invalid', serverListenPort: port, rsaWrapper });
  await assert.rejects(nowhere.connectServer(), { code: 'ConnectFailed' });
});

test('a server that says nothing is given up in time', async (t) => {
  const heard = Promise.withResolvers<void>();
  const clock = new FakeClock();
  const serverListenPort = await listen(t, (socket) => socket.once('data', () => heard.resolve()));
  const client = new ClientInterface({ serverIp, serverListenPort, rsaWrapper, clock, timeout: 3 });
  const connecting = assert.rejects(client.connectServer(), {
    code: 'TimedOut',
    message: 'connecting took longer than 3 s',
  });
  await heard.promise;
  await clock.advance(3_000);
  await connecting;
  assert.equal(client.isClosed(), true);
  assert.equal(clock.pending, 0);
});

for (const [what, said] of Object.entries({
  refuses: '0',
  'speaks another protocol': 'HTTP/1.1 400 Bad Request\r\n\r\n',
  closes: '',
})) {
  test(`a server that ${what} is an error with a code`, async (t) => {
    const serverListenPort = await listen(t, (socket) => socket.once('data', () => socket.end(said)));
    const client = new ClientInterface({ serverIp, serverListenPort, rsaWrapper });
    const code = { '0': 'Refused', '': 'Closed' }[said] ?? 'Unacknowledged';
    await assert.rejects(client.connectServer(), { name: 'RuntimeError', code });
    assert.equal(client.isClosed(), true);
  });
}

test('what is wrong with the keys of the server is a RuntimeError of connectServer, with the cause', async (t) => {
  const serverListenPort = await listen(t, async (socket) => {
    const channel = new ByteChannel(socket);
    await channel.read(8);
    channel.send('1');
    await channel.read(800);
    channel.send('1');
    channel.send('99999===');
  });
  const client = new ClientInterface({ serverIp, serverListenPort, rsaWrapper });
  await assert.rejects(client.connectServer(), (error) => {
    assert.ok(error instanceof RuntimeError && error.cause instanceof ValueError);
    assert.deepEqual([error.code, error.cause.code], ['BadHandshake', 'LengthTooLarge']);
    return true;
  });
});

test('a response that the protocol does not allow is a RuntimeError, with the cause', async () => {
  await using server = await OldServer.start({ rsa: serverRsa, generation: 3, response: { success: 'yes' } });
  const client = new ClientInterface({ serverIp, serverListenPort: server.port, rsaWrapper });
  await client.sendRequest('STAT');
  await assert.rejects(client.recvResponse(), (error) => {
    assert.ok(error instanceof RuntimeError && error.cause instanceof ValueError);
    assert.deepEqual([error.code, error.cause.code], ['BadResponse', 'MalformedResponse']);
    return true;
  });
  assert.equal(client.isClosed(), true);
});

test('an answer that was not asked for is not waited for', async () => {
  await using server = await OldServer.start({ rsa: serverRsa, generation: 3 });
  const client = new ClientInterface({ serverIp, serverListenPort: server.port, rsaWrapper });
  await client.connectServer();
  await assert.rejects(client.recvResponse(), { name: 'RuntimeError', code: 'NotConnected' });
});

test('a client that is told to stop waiting leaves no container', async () => {
  const booting = Promise.withResolvers<void>();
  const boot = (aborted: AbortSignal) => {
    booting.resolve();
    return new Promise<void>((_, reject) => aborted.addEventListener('abort', () => reject(aborted.reason)));
  };
  const log = new RecordedLog();
  await using backend = new MemoryContainerBackend({ boot });
  await using server = await startTestServer({ backend, rsaWrapper: serverRsa, log });
  const client = new ClientInterface({ serverIp, serverListenPort: server.getListenPort(), rsaWrapper });
  const stop = new AbortController();
  await client.sendRequest('CREATE', {}, stop.signal);
  const waiting = assert.rejects(client.recvResponse(stop.signal), { message: 'enough' });
  await booting.promise;
  stop.abort(new Error('enough'));
  await waiting;
  await log.line('undelivered container destroyed');
  assert.equal(backend.containers.size, 0);
});
