import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { AESWrapper } from '../../../src/wire/aes-wrapper.ts';
import { receivePublicKey, receiveSessionKey, sendPublicKey, sendSessionKey } from '../../../src/wire/key-exchange.ts';
import { sendMessage } from '../../../src/wire/message-exchange.ts';
import { PeerPublicKey } from '../../../src/wire/peer-public-key.ts';
import { RSAWrapper } from '../../../src/wire/rsa-wrapper.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { ask, exchangeKeys, exchangeKeysSecond } from '../../support/raw-client.ts';
import { meetRaw } from './client-instance-meeting.ts';
import { clientRsa, serverRsa } from './server-under-test.ts';

const serverKey = PeerPublicKey.fromPem(serverRsa.publicKeyPem);
const REQUEST = { verb: 'STAT', parameters: {} };
const OK = { success: true, message: 'OK' };
const sameKey = (one: AESWrapper | undefined, other: AESWrapper) =>
  assert.deepEqual([one?.key, one?.iv], [other.key, other.iv]);

/** A session whose keys are exchanged. */
async function exchanged(t: TestContext) {
  const met = await meetRaw(t);
  const [session] = await Promise.all([exchangeKeys(met.channel, clientRsa), met.instance.exchangeKeys()]);
  return { ...met, session };
}

test('sendPublicRSAKey gives the client the public key of the RSA wrapper', async (t) => {
  const { instance, channel } = await meetRaw(t);
  const [received] = await Promise.all([receivePublicKey(channel), instance.sendPublicRSAKey()]);
  assert.equal(received.sha256, serverRsa.publicKeySha256);
});

test('recvPublicRSAKey takes the key to which sendAESKey encrypts a fresh one', async (t) => {
  const { instance, channel } = await meetRaw(t);
  await Promise.all([sendPublicKey(channel, clientRsa), instance.recvPublicRSAKey()]);
  const [received] = await Promise.all([receiveSessionKey(channel, clientRsa), instance.sendAESKey()]);
  sameKey(instance.getAESWrapper(), received);
});

test('recvAESKey takes a block, and before sendAESKey the key in it is not used', async (t) => {
  const { instance, channel } = await meetRaw(t);
  const proposed = AESWrapper.generate(randomBytes);
  await Promise.all([sendSessionKey(channel, proposed, serverKey), instance.recvAESKey()]);
  assert.equal(instance.getAESWrapper(), undefined);
});

test('recvAESKey after sendAESKey takes the very key that was sent', async (t) => {
  const { instance, channel } = await meetRaw(t);
  const [session] = await Promise.all([
    exchangeKeysSecond(channel, clientRsa),
    instance.exchangeKeys({ receiveFirst: false }),
  ]);
  sameKey(instance.getAESWrapper(), session.aes);
});

test('recvRequest exchanges the keys when that has not been done', async (t) => {
  const { instance, channel } = await meetRaw(t);
  const answered = exchangeKeys(channel, clientRsa).then((session) => ask(channel, session, REQUEST));
  assert.deepEqual(await instance.recvRequest(), REQUEST);
  await instance.sendResponse(OK);
  assert.deepEqual(await answered, { ...OK, data: {} });
});

test('recvRequest does not exchange keys where exchangeKeys is false', async (t) => {
  const { instance, channel } = await meetRaw(t, { exchangeKeys: false });
  const exchanging = assert.rejects(exchangeKeys(channel, clientRsa));
  await assert.rejects(instance.recvRequest(), { name: 'RuntimeError', code: 'NotConnected' });
  instance.closeConnection();
  await exchanging;
});

test('a request is stored, unless storeRequest is false', async (t) => {
  for (const storeRequest of [undefined, true, false]) {
    const { instance, channel, session } = await exchanged(t);
    assert.equal(instance.getStoredRequest(), undefined);
    ask(channel, session, REQUEST).catch(() => undefined);
    const request = await instance.recvRequest(storeRequest === undefined ? {} : { storeRequest });
    assert.deepEqual(request, REQUEST);
    assert.equal(instance.getStoredRequest(), storeRequest === false ? undefined : request);
  }
});

test('sendResponse sends success, message and data; a reason is appended to the message', async (t) => {
  const answers = [
    { given: OK, sent: { ...OK, data: {} } },
    { given: { ...OK, data: { uptime: 3 } }, sent: { ...OK, data: { uptime: 3 } } },
    {
      given: { success: false, message: 'Refused request', reason: 'too late' },
      sent: { success: false, message: 'Refused request (reason : too late)', data: {} },
    },
    {
      given: { success: false, message: 'Unavailable', reason: undefined },
      sent: { success: false, message: 'Unavailable', data: {} },
    },
  ];
  for (const { given, sent } of answers) {
    const { instance, channel, session } = await exchanged(t);
    const answered = ask(channel, session, REQUEST);
    await instance.recvRequest();
    await instance.sendResponse(given);
    assert.deepEqual(await answered, sent);
    assert.equal(instance.getSentMessage(), given.message);
  }
});

test('the wrappers are those that were given or set', async (t) => {
  const aesWrapper = AESWrapper.generate(randomBytes);
  const { instance } = await meetRaw(t, { aesWrapper });
  assert.equal(instance.getRSAWrapper(), serverRsa);
  assert.equal(instance.getAESWrapper(), aesWrapper);
  const [rsa, aes] = [await RSAWrapper.generate({ bits: 2048 }), AESWrapper.generate(randomBytes)];
  instance.setRSAWrapper(rsa);
  instance.setAESWrapper(aes);
  assert.equal(instance.getRSAWrapper(), rsa);
  assert.equal(instance.getAESWrapper(), aes);
});

test('wrappers that were set before the exchange are what the client gets', async (t) => {
  const { instance, channel } = await meetRaw(t);
  const [rsa, aes] = [await RSAWrapper.generate({ bits: 2048 }), AESWrapper.generate(randomBytes)];
  instance.setRSAWrapper(rsa);
  instance.setAESWrapper(aes);
  const serving = instance.exchangeKeys();
  await sendPublicKey(channel, clientRsa);
  const received = await receivePublicKey(channel);
  assert.equal(received.sha256, rsa.publicKeySha256);
  await sendSessionKey(channel, AESWrapper.generate(randomBytes), received);
  sameKey(aes, await receiveSessionKey(channel, clientRsa));
  await serving;
});

test('an AES wrapper that is set after the exchange is the key of what follows', async (t) => {
  const { instance, channel, session } = await exchanged(t);
  const aes = AESWrapper.generate(randomBytes);
  instance.setAESWrapper(new AESWrapper(aes.key, aes.iv));
  const answered = ask(channel, { ...session, aes }, REQUEST);
  assert.deepEqual(await instance.recvRequest(), REQUEST);
  await instance.sendResponse(OK);
  assert.deepEqual(await answered, { ...OK, data: {} });
});

test('an instance that is given no RSA wrapper makes a key of 4,096 bits when it needs one', async (t) => {
  const { instance, channel } = await meetRaw(t, { rsaWrapper: undefined });
  assert.equal(instance.getRSAWrapper(), undefined);
  const [received] = await Promise.all([receivePublicKey(channel), instance.sendPublicRSAKey()]);
  assert.equal(instance.getRSAWrapper()?.publicKeySha256, received.sha256);
  assert.equal(instance.getRSAWrapper()?.blockBytes, 512);
});

test('without a timeout no time counts', async (t) => {
  const clock = new FakeClock();
  const { instance } = await meetRaw(t, { clock });
  const receiving = instance.recvPublicRSAKey();
  assert.equal(clock.pending, 0);
  instance.closeConnection();
  await assert.rejects(receiving, { code: 'Closed' });
});

test('the handshake and the request have the timeout together: a client that takes longer is cut off', async (t) => {
  const clock = new FakeClock();
  const { instance, channel } = await meetRaw(t, { clock, timeout: 10 });
  await clock.advance(6_000);
  await Promise.all([exchangeKeys(channel, clientRsa), instance.exchangeKeys()]);
  const refused = assert.rejects(instance.recvRequest(), { name: 'RuntimeError', code: 'TimedOut' });
  await clock.advance(3_999);
  assert.equal(instance.isClosed(), false);
  await clock.advance(1);
  await refused;
  assert.equal(instance.isClosed(), true);
});

test('the response has the timeout once more, and what comes between has no limit', async (t) => {
  const clock = new FakeClock();
  const { instance, channel } = await meetRaw(t, { clock, timeout: 10 });
  const [session] = await Promise.all([exchangeKeys(channel, clientRsa), instance.exchangeKeys()]);
  await clock.advance(9_000);
  await Promise.all([sendMessage(channel, session, REQUEST, randomBytes), instance.recvRequest()]);
  instance.suspendTimeout();
  await clock.advance(60_000);
  const refused = assert.rejects(instance.sendResponse(OK), { name: 'RuntimeError', code: 'TimedOut' });
  await clock.advance(9_999);
  assert.equal(instance.isClosed(), false);
  await clock.advance(1);
  await refused;
});

test('leaving the scope of an instance closes its connection', async (t) => {
  const { instance, channel } = await meetRaw(t);
  {
    using scoped = instance;
    assert.equal(scoped.isClosed(), false);
  }
  assert.equal(instance.isClosed(), true);
  await assert.rejects(channel.read(1), { code: 'Closed' });
});
