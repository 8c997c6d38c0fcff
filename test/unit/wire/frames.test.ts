import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { type Duplex, duplexPair } from 'node:stream';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { AESWrapper } from '../../../src/wire/aes-wrapper.ts';
import { ByteChannel } from '../../../src/wire/byte-channel.ts';
import { ValueError } from '../../../src/wire/errors.ts';
import type { Generation } from '../../../src/wire/generation.ts';
import { GENERATIONS } from '../../../src/wire/generations.ts';
import { receivePublicKey, receiveSessionKey, sendPublicKey, sendSessionKey } from '../../../src/wire/key-exchange.ts';
import { receiveBody, receiveFirstLength, sendMessage } from '../../../src/wire/message-exchange.ts';
import type { PeerPublicKey } from '../../../src/wire/peer-public-key.ts';
import { RSAWrapper } from '../../../src/wire/rsa-wrapper.ts';
import {
  bytesOf,
  fixedKey,
  fixedRandom,
  keyFrames,
  ORDERS,
  type Order,
  openResponse,
  replyBytesOf,
  requestFrames,
} from '../../support/client-frames.ts';
import { framedKeys } from '../../support/scripted-client.ts';

const [serverRsa, clientRsa] = await Promise.all([
  RSAWrapper.generate({ bits: 2048 }),
  RSAWrapper.generate({ bits: 2048 }),
]);
const keys = framedKeys(clientRsa, serverRsa);
const REQUEST = { verb: 'STAT', parameters: { note: 'é\n"' } };
const RESPONSE = { success: true, message: 'OK', data: { seen: [1, null] } };
const anyGeneration = fc.constantFrom(...Object.values(GENERATIONS));
const anyOrder = fc.constantFrom(...ORDERS);

/** The server's side of one session, out of the parts of this folder alone. @returns the request */
async function serve(channel: ByteChannel, order: Order): Promise<unknown> {
  const aes = fixedKey();
  let peer: PeerPublicKey;
  if (order === 'client') {
    peer = await receivePublicKey(channel);
    await sendPublicKey(channel, serverRsa);
    await receiveSessionKey(channel, serverRsa);
    await sendSessionKey(channel, aes, peer);
  } else {
    await sendPublicKey(channel, serverRsa);
    peer = await receivePublicKey(channel);
    await sendSessionKey(channel, aes, peer);
    await receiveSessionKey(channel, serverRsa);
  }
  const { message, generation } = await receiveBody(channel, aes, await receiveFirstLength(channel, () => aes));
  await sendMessage(channel, { aes, generation }, RESPONSE, fixedRandom);
  channel.end();
  return message;
}

function pieces(bytes: Buffer, lengths: readonly number[]): Buffer[] {
  const cut: Buffer[] = [];
  let at = 0;
  for (let turn = 0; at < bytes.length; turn += 1) {
    const length = lengths[turn % lengths.length] ?? bytes.length;
    cut.push(bytes.subarray(at, at + length));
    at += length;
  }
  return cut;
}

async function write(far: Duplex, cut: readonly Buffer[], pausing: readonly boolean[]): Promise<void> {
  for (const [index, piece] of cut.entries()) {
    far.write(piece);
    if (pausing[index % pausing.length]) await setImmediate();
  }
}

test('a whole session is the same however its bytes are cut, joined and delayed, in every generation and order', async () => {
  const lengths = fc.array(fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 900 })), {
    minLength: 1,
    maxLength: 20,
  });
  const pausing = fc.array(fc.boolean(), { minLength: 1, maxLength: 7 });
  const property = fc.asyncProperty(
    anyGeneration,
    anyOrder,
    lengths,
    pausing,
    async (generation, order, cuts, pauses) => {
      const [near, far] = duplexPair();
      const exchange = keyFrames({ ...keys, order });
      const all = bytesOf([...exchange, ...requestFrames(REQUEST, generation)]);
      const said: Buffer[] = [];
      far.on('data', (chunk: Buffer) => said.push(chunk));
      const ended = new Promise((resolve) => far.once('end', resolve));
      const serving = serve(new ByteChannel(near), order);
      await write(far, pieces(all, cuts), pauses);
      assert.deepEqual(await serving, REQUEST);
      await ended;
      const start = replyBytesOf(exchange, order) + 1;
      assert.deepEqual(openResponse(Buffer.concat(said).subarray(start), generation), RESPONSE);
    },
  );
  await fc.assert(property, { numRuns: 150 });
});

for (const generation of Object.values(GENERATIONS)) {
  test(`what one side of generation ${generation.number} seals, the other opens, message after message`, () => {
    const texts = fc.array(fc.uint8Array({ maxLength: 3_000 }), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(texts, (messages) => {
        const ours = AESWrapper.generate(randomBytes);
        const theirs = new AESWrapper(ours.key, ours.iv);
        for (const text of messages) {
          const { body, nextIv } = generation.sealBody(Buffer.from(text), ours, randomBytes);
          const header = generation.sealHeader(body.length, ours);
          assert.equal(header.length, generation.headerBytes);
          assert.equal(generation.openHeader(header, theirs), body.length);
          const opened = generation.openBody(body, theirs);
          assert.deepEqual(opened, { plaintext: Buffer.from(text), nextIv });
          assert.equal(generation.number === 1, nextIv.equals(ours.iv));
          ours.iv = nextIv;
          theirs.iv = opened.nextIv;
        }
      }),
    );
  });

  test(`a header of generation ${generation.number} of any bytes is a length within bounds, or a ValueError`, () => {
    const aes = fixedKey();
    fc.assert(
      fc.property(anyHeader(generation, aes), (header) => {
        const length = lengthIn(header, generation, aes);
        if (length !== undefined) assert.ok(length >= 16 && length <= 16_384 && length % 16 === 0);
      }),
      { numRuns: 1_000 },
    );
  });
}

/** Noise, and what is nearly right. */
function anyHeader(generation: Generation, aes: AESWrapper): fc.Arbitrary<Buffer> {
  const size = generation.headerBytes;
  const noise = fc.uint8Array({ minLength: size, maxLength: size }).map((bytes) => Buffer.from(bytes));
  const numbers = fc.integer({ min: 0, max: 20_000 }).map(String);
  const texts = fc.oneof(numbers, fc.string({ unit: fc.constantFrom(...'0123456789=+- '), maxLength: 8 }));
  const right = texts.map((text) =>
    generation.number === 3 ? aes.encrypt(Buffer.from(text)) : Buffer.from(text.padEnd(8, '=')),
  );
  return fc.oneof(noise, right);
}

function lengthIn(header: Buffer, generation: Generation, aes: AESWrapper): number | undefined {
  try {
    return generation.openHeader(header, aes);
  } catch (error) {
    assert.ok(error instanceof ValueError);
    assert.ok(['BadHeader', 'LengthTooLarge', 'BadLength'].includes(error.code));
    return undefined;
  }
}
