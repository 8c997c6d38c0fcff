import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { duplexPair } from 'node:stream';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { AESWrapper } from '../../../src/wire/aes-wrapper.ts';
import { ByteChannel } from '../../../src/wire/byte-channel.ts';
import { ValueError } from '../../../src/wire/errors.ts';
import type { Generation } from '../../../src/wire/generation.ts';
import { GENERATIONS } from '../../../src/wire/generations.ts';
import { isPlainHeader } from '../../../src/wire/length-header.ts';
import { receiveBody, receiveFirstLength } from '../../../src/wire/message-exchange.ts';

const anyGeneration = fc.constantFrom(...Object.values(GENERATIONS));
const anyKey = fc
  .uint8Array({ minLength: 48, maxLength: 48 })
  .map((bytes) => new AESWrapper(Buffer.from(bytes.subarray(0, 32)), Buffer.from(bytes.subarray(32))));

interface Received {
  generation: Generation;
  message: unknown;
  nextIv: Buffer;
}

/** What the receiver makes of a first message from a peer of unknown generation. */
async function received(bytes: readonly Buffer[], key: AESWrapper): Promise<Received> {
  const [near, far] = duplexPair();
  const channel = new ByteChannel(near);
  const aes = new AESWrapper(key.key, key.iv);
  for (const piece of bytes) far.write(piece);
  far.resume().end();
  try {
    const { message, generation } = await receiveBody(channel, aes, await receiveFirstLength(channel, () => aes));
    return { message, generation, nextIv: aes.iv };
  } finally {
    channel.destroy();
  }
}

function sealed(plaintext: Buffer, generation: Generation, key: AESWrapper) {
  const { body, nextIv } = generation.sealBody(plaintext, key, randomBytes);
  return { header: generation.sealHeader(body.length, key), body, nextIv };
}

test('a message of any generation is told from its bytes, under any key and with anything in it', async () => {
  const property = fc.asyncProperty(anyGeneration, anyKey, fc.jsonValue(), async (generation, key, value) => {
    const { header, body, nextIv } = sealed(Buffer.from(JSON.stringify(value)), generation, key);
    const result = await received([header, body], key);
    assert.equal(result.generation.number, generation.number);
    assert.deepEqual(result.message, JSON.parse(JSON.stringify(value)));
    // Under which the answer goes back.
    assert.deepEqual(result.nextIv, nextIv);
  });
  await fc.assert(property, { numRuns: 500 });
});

test('a header is of generation 1 or 2 exactly where its first eight bytes are a length in plain text', async () => {
  const eightBytes = fc.oneof(
    fc.uint8Array({ minLength: 8, maxLength: 8 }).map((bytes) => Buffer.from(bytes)),
    fc
      .string({ unit: fc.constantFrom(...'0123456789=+- '), minLength: 8, maxLength: 8 })
      .map((text) => Buffer.from(text)),
    fc.integer({ min: 0, max: 99_999_999 }).map((length) => Buffer.from(String(length).padEnd(8, '='))),
  );
  const property = fc.asyncProperty(eightBytes, anyKey, async (start, key) => {
    assert.equal(isPlainHeader(start), /^[1-9][0-9]{0,6}=*$/.test(start.toString('latin1')));
    const [near, far] = duplexPair();
    const channel = new ByteChannel(near);
    far.resume().end(start);
    const outcome = await receiveFirstLength(channel, () => key).then(
      ({ candidates }) => candidates.map(({ number }) => number).join(),
      (error: { code: string }) => error.code,
    );
    channel.destroy();
    // A header that is no plain text is asked for eight bytes more, which never come.
    if (isPlainHeader(start)) assert.match(outcome, /^(1,2|BadLength|LengthTooLarge)$/);
    else assert.equal(outcome, 'Closed');
  });
  await fc.assert(property, { numRuns: 500 });
});

test('the key is not asked for before the header is there', async () => {
  const [near, far] = duplexPair();
  const channel = new ByteChannel(near);
  let asked = 0;
  const receiving = receiveFirstLength(channel, () => {
    asked += 1;
    return AESWrapper.generate(randomBytes);
  });
  far.resume().write(Buffer.alloc(15));
  await setImmediate();
  assert.equal(asked, 0);
  far.write('x');
  await assert.rejects(receiving, { code: 'BadHeader' });
  assert.equal(asked, 1);
  channel.destroy();
});

test('a body of any bytes is a message, or bad in one and the same way', async () => {
  const plain = fc.uint8Array({ maxLength: 80 }).map((bytes) => Buffer.from(bytes));
  const content = fc.oneof(
    plain,
    fc.json().map((text) => Buffer.from(text)),
  );
  const change = fc.record({ at: fc.nat(), bits: fc.integer({ min: 0, max: 255 }) });
  const property = fc.asyncProperty(
    anyGeneration,
    anyKey,
    content,
    change,
    async (generation, key, text, { at, bits }) => {
      const { header, body } = sealed(text, generation, key);
      body[at % body.length] = (body[at % body.length] ?? 0) ^ bits;
      try {
        const { message } = await received([header, body], key);
        assert.notEqual(message, undefined);
      } catch (error) {
        assert.ok(error instanceof ValueError);
        assert.equal(error.code, 'BadMessage');
        assert.equal(error.message, 'the message cannot be decrypted or is not JSON');
        assert.equal(error.cause, undefined);
      }
    },
  );
  await fc.assert(property, { numRuns: 500 });
});

test('an encrypted header with a body of generation 1 is a bad message', async () => {
  const property = fc.asyncProperty(anyKey, fc.dictionary(fc.string(), fc.jsonValue()), async (key, value) => {
    const { body } = sealed(Buffer.from(JSON.stringify({ ...value, padding: 'x'.repeat(32) })), GENERATIONS[1], key);
    const header = GENERATIONS[3].sealHeader(body.length, key);
    await assert.rejects(received([header, body], key), { code: 'BadMessage' });
  });
  await fc.assert(property, { numRuns: 100 });
});
