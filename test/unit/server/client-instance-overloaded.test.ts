import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { AESWrapper } from '../../../src/wire/aes-wrapper.ts';
import { sendPublicKey, sendSessionKey } from '../../../src/wire/key-exchange.ts';
import { PeerPublicKey } from '../../../src/wire/peer-public-key.ts';
import { RSAWrapper } from '../../../src/wire/rsa-wrapper.ts';
import { meetRaw } from './client-instance-meeting.ts';
import { clientRsa } from './server-under-test.ts';

/** A key for which as many wait as may. None of them gets on before the test ends. */
async function overloadedKey(t: TestContext): Promise<{ rsaWrapper: RSAWrapper; peer: PeerPublicKey }> {
  const rsaWrapper = await RSAWrapper.generate({ bits: 2048, maxWaitMs: 0 });
  const peer = PeerPublicKey.fromPem(rsaWrapper.publicKeyPem);
  const block = new Uint8Array(peer.encrypt(Buffer.from('secret')));
  const end = Promise.withResolvers<ArrayBuffer>();
  t.mock.method(crypto.subtle, 'decrypt', () => end.promise);
  const { signal } = new AbortController();
  const decryptions = Array.from({ length: 300 }, () => rsaWrapper.decrypt(block, signal));
  const ended = Promise.allSettled(decryptions);
  t.after(async () => {
    end.resolve(new ArrayBuffer());
    await ended;
  });
  assert.equal(rsaWrapper.isOverloaded, true);
  return { rsaWrapper, peer };
}

for (const isSecond of [false, true]) {
  test(`recvAESKey ${isSecond ? 'after' : 'before'} sendAESKey throws RuntimeError Overloaded where too many wait for the key, and refuses the block`, async (t) => {
    const { rsaWrapper, peer } = await overloadedKey(t);
    const { instance, channel } = await meetRaw(t, { rsaWrapper });
    const aesWrapper = AESWrapper.generate(randomBytes);
    instance.setAESWrapper(aesWrapper);
    if (isSecond) {
      await Promise.all([sendPublicKey(channel, clientRsa), instance.recvPublicRSAKey()]);
      const sending = instance.sendAESKey();
      await channel.read(clientRsa.blockBytes);
      channel.send('1');
      await sending;
    }
    const waiting = rsaWrapper.queueLength;
    const refused = assert.rejects(sendSessionKey(channel, aesWrapper, peer), { code: 'Refused' });
    await assert.rejects(instance.recvAESKey(), { name: 'RuntimeError', code: 'Overloaded' });
    await refused;
    assert.equal(rsaWrapper.queueLength, waiting);
    assert.equal(instance.isClosed(), true);
    await assert.rejects(channel.read(1), { code: 'Closed', message: 'the peer closed the connection' });
  });
}
