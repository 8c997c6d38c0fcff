import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import type { AESWrapper } from '../../../src/wire/aes-wrapper.ts';
import { ByteChannel } from '../../../src/wire/byte-channel.ts';
import { receivePublicKey, receiveSessionKey, sendPublicKey } from '../../../src/wire/key-exchange.ts';
import { PeerPublicKey } from '../../../src/wire/peer-public-key.ts';
import { RSAWrapper } from '../../../src/wire/rsa-wrapper.ts';
import { dialLoopback } from '../../support/raw-client.ts';
import { startTestServer } from '../../support/test-server.ts';

const [rsaWrapper, clientRsa] = await Promise.all([
  RSAWrapper.generate({ bits: 2048 }),
  RSAWrapper.generate({ bits: 2048 }),
]);
const peer = PeerPublicKey.fromPem(rsaWrapper.publicKeyPem);

/** Given the key that the server gave. */
const blocks: Record<string, (aes: AESWrapper) => Buffer> = {
  'of noise': () => randomBytes(256),
  'of zeros': () => Buffer.alloc(256),
  'of ones': () => Buffer.alloc(256, 0xff),
  'with another key': () => peer.encrypt(randomBytes(48)),
  'with another key and the IV': ({ iv }) => peer.encrypt(Buffer.concat([randomBytes(32), iv])),
  'with the key and another IV': ({ key }) => peer.encrypt(Buffer.concat([key, randomBytes(16)])),
  'with the key alone': ({ key }) => peer.encrypt(key),
  'with the key, the IV and more': ({ key, iv }) => peer.encrypt(Buffer.concat([key, iv, Buffer.alloc(1)])),
  'with nothing in it': () => peer.encrypt(Buffer.alloc(0)),
};
for (const [what, block] of Object.entries(blocks)) {
  test(`a key block ${what} is refused where the server has given the key first`, async () => {
    await using server = await startTestServer({ rsaWrapper, speakFirstAfter: 0.001 });
    const channel = new ByteChannel(await dialLoopback(server.getListenPort()));
    await receivePublicKey(channel);
    await sendPublicKey(channel, clientRsa);
    channel.send(block(await receiveSessionKey(channel, clientRsa)));
    assert.equal((await channel.read(1)).toString(), '0');
    await assert.rejects(channel.read(1), { code: 'Closed' });
    channel.destroy();
  });
}
