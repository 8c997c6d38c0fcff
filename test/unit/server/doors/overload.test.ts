import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { type TestContext, test } from 'node:test';
import { AESWrapper } from '../../../../src/wire/aes-wrapper.ts';
import { ByteChannel } from '../../../../src/wire/byte-channel.ts';
import { receivePublicKey, receiveSessionKey, sendPublicKey } from '../../../../src/wire/key-exchange.ts';
import { PeerPublicKey } from '../../../../src/wire/peer-public-key.ts';
import { RSAWrapper } from '../../../../src/wire/rsa-wrapper.ts';
import { dialLoopback } from '../../../support/raw-client.ts';
import { RecordedLog } from '../../../support/recorded-log.ts';
import { recordedSessions, wrapperOf } from '../../../support/recorded-sessions.ts';
import { startTestServer } from '../../../support/test-server.ts';
import { ToldMetrics } from '../told-metrics.ts';

const clientRsa = await wrapperOf(recordedSessions(3).clientKey);

/** Fills the line for a key: nobody in it gets on before `release`. */
function fillLine(t: TestContext, rsaWrapper: RSAWrapper): { release: () => Promise<void> } {
  const held = Promise.withResolvers<ArrayBuffer>();
  const decrypt = t.mock.method(crypto.subtle, 'decrypt', () => held.promise);
  const block = new Uint8Array(PeerPublicKey.fromPem(rsaWrapper.publicKeyPem).encrypt(randomBytes(48)));
  const waiting: Promise<unknown>[] = [];
  while (!rsaWrapper.isOverloaded) waiting.push(rsaWrapper.decrypt(block, new AbortController().signal));
  return {
    async release() {
      decrypt.mock.restore();
      held.resolve(new ArrayBuffer(48));
      await Promise.all(waiting);
    },
  };
}

async function sendBlock(channel: ByteChannel, server: PeerPublicKey): Promise<void> {
  const { key, iv } = AESWrapper.generate(randomBytes);
  await channel.write(server.encrypt(Buffer.concat([key, iv])));
}

/** Each goes on to where the client sends its key block. Its own key is needed before the line is filled. */
const orders: Record<string, { speakFirstAfter: number; lead: (channel: ByteChannel) => Promise<PeerPublicKey> }> = {
  'that speaks first': {
    speakFirstAfter: 0,
    async lead(channel) {
      await sendPublicKey(channel, clientRsa);
      return receivePublicKey(channel);
    },
  },
  'that was spoken to': {
    speakFirstAfter: 0.01,
    async lead(channel) {
      const server = await receivePublicKey(channel);
      await sendPublicKey(channel, clientRsa);
      await receiveSessionKey(channel, clientRsa);
      return server;
    },
  },
};

for (const [which, { lead, speakFirstAfter }] of Object.entries(orders)) {
  test(`a client ${which} is refused where too many wait for the key, and not held to account for it`, async (t) => {
    const rsaWrapper = await RSAWrapper.generate({ bits: 2048 });
    const metrics = new ToldMetrics();
    const log = new RecordedLog();
    // The least offence would be enough.
    const accountable = { clientAddresses: 'known', penalties: { thresholdSeconds: 0.5 } } as const;
    await using server = await startTestServer({ rsaWrapper, metrics, log, speakFirstAfter, ...accountable });
    const port = server.getListenPort();
    const channel = new ByteChannel(await dialLoopback(port));
    const serverKey = await lead(channel);
    const line = fillLine(t, rsaWrapper);
    await sendBlock(channel, serverKey);
    assert.equal((await channel.read(1)).toString(), '0');
    await assert.rejects(channel.read(1), { code: 'Closed' });
    assert.equal((await log.line('connection ended early')).fields.code, 'Overloaded');
    assert.deepEqual(metrics.beginning('refused', 'handshake'), ['handshake undefined refused', 'refused keyQueue']);
    await line.release();
    const next = new ByteChannel(await dialLoopback(port));
    assert.ok(await lead(next));
    next.destroy();
  });
}
