import assert from 'node:assert/strict';
import { createServer, type Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { ClientInstance, ClientInterface } from '../../../src/index.ts';
import { recordedSessions, wrapperOf } from '../../support/recorded-sessions.ts';

const { serverKey, clientKey } = recordedSessions(3);
const serverRsa = await wrapperOf(serverKey);
const clientRsa = await wrapperOf(clientKey);

/** Both ends of one connection, as the library has them, with the keys exchanged. */
async function connected(t: TestContext): Promise<{ client: ClientInterface; instance: ClientInstance }> {
  const accepted = Promise.withResolvers<Socket>();
  const listener = createServer({ noDelay: true }, accepted.resolve);
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const address = listener.address();
  const serverListenPort = typeof address === 'object' && address ? address.port : 0;
  const options = { serverIp: '127.0.0.1', serverListenPort, rsaWrapper: clientRsa, generation: 3 } as const;
  const client = new ClientInterface(options);
  t.after(async () => {
    client.closeConnection();
    (await accepted.promise).destroy();
    await new Promise((resolve) => listener.close(resolve));
  });
  const connecting = client.connectServer();
  const instance = new ClientInstance({ socket: await accepted.promise, rsaWrapper: serverRsa });
  await Promise.all([connecting, instance.exchangeKeys()]);
  return { client, instance };
}

const STEPS = [
  { name: 'sendPublicRSAKey', other: 'recvPublicRSAKey' },
  { name: 'recvPublicRSAKey', other: 'sendPublicRSAKey' },
  { name: 'sendAESKey', other: 'recvAESKey' },
  { name: 'recvAESKey', other: 'sendAESKey' },
] as const;

for (const { name, other } of STEPS) {
  test(`${name} of the client is what ${other} of the server waits for`, async (t) => {
    const { client, instance } = await connected(t);
    const before = client.getAESWrapper();
    await Promise.all([client[name](), instance[other]()]);
    assert.deepEqual(client.getAESWrapper().key, instance.getAESWrapper()?.key);
    assert.equal(client.getAESWrapper().key.equals(before.key), name !== 'recvAESKey');
    assert.equal(client.isClosed() || instance.isClosed(), false);
  });
}

test('keys that are exchanged step by step on an open connection are those of the request that follows', async (t) => {
  const { client, instance } = await connected(t);
  const before = client.getAESWrapper().key;
  for (const { name, other } of [STEPS[0], STEPS[1], STEPS[3]]) await Promise.all([client[name](), instance[other]()]);
  assert.notDeepEqual(client.getAESWrapper().key, before);
  const sending = client.sendRequest('STAT', { why: 'to see' });
  assert.deepEqual((await instance.recvRequest()).parameters, { why: 'to see' });
  await sending;
  await Promise.all([instance.sendResponse({ success: true, message: 'OK' }), client.recvResponse()]);
});
