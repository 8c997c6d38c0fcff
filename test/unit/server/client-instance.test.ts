import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { createConnection, createServer, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { ClientInterface } from '../../../src/client/client-interface.ts';
import { clientId, plainAddress } from '../../../src/server/client-address.ts';
import { ClientInstance } from '../../../src/server/client-instance.ts';
import { AESWrapper } from '../../../src/wire/aes-wrapper.ts';
import { ByteChannel } from '../../../src/wire/byte-channel.ts';
import { receivePublicKey, receiveSessionKey, sendPublicKey, sendSessionKey } from '../../../src/wire/key-exchange.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { recordedSessions, wrapperOf } from '../../support/recorded-sessions.ts';

const { serverKey, clientKey } = recordedSessions(3);
const serverRsa = await wrapperOf(serverKey);
const clientRsa = await wrapperOf(clientKey);

/** A client that connects, and the instance that the server side makes of it. */
async function meet(t: TestContext, clock = new FakeClock(42)) {
  const accepted = Promise.withResolvers<Socket>();
  const listener = createServer({ noDelay: true }, accepted.resolve);
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const address = listener.address();
  const serverListenPort = typeof address === 'object' && address ? address.port : 0;
  const client = new ClientInterface({ serverIp: '127.0.0.1', serverListenPort, rsaWrapper: clientRsa });
  const instance = accepted.promise.then(
    (socket) => new ClientInstance({ socket, rsaWrapper: serverRsa, clock, exchangeKeys: false }),
  );
  t.after(async () => {
    client.closeConnection();
    (await accepted.promise).destroy();
    await new Promise((resolve) => listener.close(resolve));
  });
  return { client, instance, port: serverListenPort };
}

for (const serverReceivesFirst of [true, false]) {
  test(`keys and messages travel when the ${serverReceivesFirst ? 'client' : 'server'} speaks first`, async (t) => {
    const { client, instance } = await meet(t);
    const serving = instance.then(async (server) => {
      await server.exchangeKeys({ receiveFirst: serverReceivesFirst });
      const request = await server.recvRequest();
      assert.equal(server.getStoredRequest(), request);
      await server.sendResponse({ success: false, message: 'Refused request', reason: 'too late', data: { request } });
      return server;
    });
    await client.connectServer({ receiveFirst: !serverReceivesFirst });
    await client.sendRequest('DANCE', { tempo: 120 });
    assert.deepEqual(await client.recvResponse(), {
      success: false,
      message: 'Refused request (reason : too late)',
      data: { request: { verb: 'DANCE', parameters: { tempo: 120 } } },
    });
    assert.deepEqual((await serving).getAESWrapper()?.key, client.getAESWrapper().key);
  });
}

test('a server that spoke first accepts no other key than the one it gave', async (t) => {
  const { instance, port } = await meet(t);
  const serving = instance.then((server) => server.exchangeKeys({ receiveFirst: false }));
  const refusal = assert.rejects(serving, { name: 'ValueError', code: 'BadKeyBlock' });
  const channel = new ByteChannel(createConnection(port, '127.0.0.1'));
  const peer = await receivePublicKey(channel);
  await sendPublicKey(channel, clientRsa);
  await receiveSessionKey(channel, clientRsa);
  await assert.rejects(sendSessionKey(channel, AESWrapper.generate(randomBytes), peer), { code: 'Refused' });
  await refusal;
});

test('a replayed key block of an earlier session gives its sender another key', async (t) => {
  const { instance, port } = await meet(t);
  const serving = instance.then((server) => server.exchangeKeys());
  const channel = new ByteChannel(createConnection(port, '127.0.0.1'));
  const recorded = AESWrapper.generate(randomBytes);
  await sendPublicKey(channel, clientRsa);
  await sendSessionKey(channel, recorded, await receivePublicKey(channel));
  const received = await receiveSessionKey(channel, clientRsa);
  await serving;
  assert.notDeepEqual(received.key, recorded.key);
  channel.destroy();
});

test('an instance tells who its client is and when it came', async (t) => {
  const { client, instance } = await meet(t);
  const connecting = client.connectServer();
  const server = await instance;
  assert.equal(server.getIP(), '127.0.0.1');
  assert.equal(server.getID(), createHash('sha256').update('127.0.0.1').digest('hex').slice(0, 7));
  assert.equal(server.getCreationTimestamp(), 42);
  assert.equal(server.getRSAWrapper(), serverRsa);
  assert.equal(server.getAESWrapper(), undefined);
  assert.equal(server.getStoredRequest(), undefined);
  assert.equal(server.getSocketDescriptor().remoteAddress, '127.0.0.1');
  await server.exchangeKeys();
  await connecting;
  assert.equal(server.isClosed(), false);
  server.closeConnection();
  await new Promise((resolve) => server.getSocketDescriptor().once('close', resolve));
  assert.equal(server.isClosed(), true);
  assert.throws(() => server.closeConnection(), { name: 'RuntimeError', code: 'Closed' });
});

test('nothing can be sent or received before the keys are exchanged', async (t) => {
  const { client, instance } = await meet(t);
  const connecting = client.connectServer();
  const server = await instance;
  await assert.rejects(server.recvRequest(), { code: 'NotConnected' });
  await assert.rejects(server.sendResponse({ success: true, message: 'OK' }), { code: 'NotConnected' });
  await assert.rejects(server.sendAESKey(), { code: 'NotConnected' });
  server[Symbol.dispose]();
  await assert.rejects(connecting, { code: 'Closed' });
});

test('an IPv4 address on an IPv6 socket has the name of its own form', () => {
  assert.equal(plainAddress('::ffff:192.0.2.1'), '192.0.2.1');
  assert.equal(plainAddress('2001:db8::1'), '2001:db8::1');
  assert.equal(clientId(plainAddress('::ffff:127.0.0.1')), clientId('127.0.0.1'));
});
