import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { AESWrapper } from '../../../src/wire/aes-wrapper.ts';
import { GENERATIONS } from '../../../src/wire/generations.ts';
import { receivePublicKey, receiveSessionKey, sendPublicKey, sendSessionKey } from '../../../src/wire/key-exchange.ts';
import { receiveBody, receiveLength, sendMessage } from '../../../src/wire/message-exchange.ts';
import { RSAWrapper } from '../../../src/wire/rsa-wrapper.ts';
import { exchangedWithServer, meetServer, serverRsa } from './client-interface-meeting.ts';

test('the AES wrapper of the constructor is what the server is proposed', async (t) => {
  const aesWrapper = AESWrapper.generate(randomBytes);
  const { key, iv } = aesWrapper;
  const { client, proposed, given } = await exchangedWithServer(t, { aesWrapper });
  assert.deepEqual([proposed.key, proposed.iv], [key, iv]);
  assert.deepEqual(client.getAESWrapper().key, given.key);
  assert.deepEqual([aesWrapper.key, aesWrapper.iv], [key, iv]);
});

test('the key that the client makes has 4,096 bits where no length is asked for', async (t) => {
  const { client, accepted } = await meetServer(t, { rsaWrapper: undefined });
  const connecting = assert.rejects(client.connectServer(), { code: 'Closed' });
  const channel = await accepted;
  const { sha256 } = await receivePublicKey(channel);
  assert.equal(client.getRSAWrapper()?.publicKeySha256, sha256);
  assert.equal(client.getRSAWrapper()?.blockBytes, 512);
  channel.destroy();
  await connecting;
});

test('an RSA wrapper that is set on an open connection is the one of the steps that follow', async (t) => {
  const { client, channel } = await exchangedWithServer(t);
  const other = await RSAWrapper.generate({ bits: 2048 });
  client.setRSAWrapper(other);
  assert.equal(client.getRSAWrapper(), other);
  const [peer] = await Promise.all([receivePublicKey(channel), client.sendPublicRSAKey()]);
  assert.equal(peer.sha256, other.publicKeySha256);
  const given = AESWrapper.generate(randomBytes);
  await Promise.all([sendSessionKey(channel, given, peer), client.recvAESKey()]);
  assert.deepEqual([client.getAESWrapper().key, client.getAESWrapper().iv], [given.key, given.iv]);
});

test('an AES wrapper that is set on an open connection is the key of what follows', async (t) => {
  const { client, channel } = await exchangedWithServer(t);
  const aes = AESWrapper.generate(randomBytes);
  client.setAESWrapper(new AESWrapper(aes.key, aes.iv));
  await Promise.all([sendPublicKey(channel, serverRsa), client.recvPublicRSAKey()]);
  const [sent] = await Promise.all([receiveSessionKey(channel, serverRsa), client.sendAESKey()]);
  assert.deepEqual([sent.key, sent.iv], [aes.key, aes.iv]);

  const session = { aes, generation: GENERATIONS[3] };
  const asked = receiveLength(channel, session).then((announced) => receiveBody(channel, aes, announced));
  await client.sendRequest('STAT');
  assert.deepEqual((await asked).message, { verb: 'STAT', parameters: {} });
  const response = { success: true, message: 'OK', data: {} };
  const answering = sendMessage(channel, session, response, randomBytes);
  assert.deepEqual(await client.recvResponse(), response);
  await answering;
});
