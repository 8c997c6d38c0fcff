import assert from 'node:assert/strict';
import { createServer, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { ClientInterface } from '../../../src/client/client-interface.ts';
import { AESWrapper } from '../../../src/wire/aes-wrapper.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { MemoryContainerBackend } from '../../support/memory-container-backend.ts';
import { RecordedLog } from '../../support/recorded-log.ts';
import { recordedSessions, wrapperOf } from '../../support/recorded-sessions.ts';
import { startTestServer } from '../../support/test-server.ts';

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
  const client = new ClientInterface({ serverIp, serverListenPort, rsaWrapper, clock, timeoutSeconds: 3 });
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
