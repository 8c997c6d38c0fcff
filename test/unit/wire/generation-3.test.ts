import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { AESWrapper } from '../../../src/wire/aes-wrapper.ts';
import { ValueError } from '../../../src/wire/errors.ts';
import { generation3 } from '../../../src/wire/generation-3.ts';

test('what one side seals, the other opens, and both know the next IV', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 0, maxLength: 2000 }), (array) => {
      const ours = AESWrapper.generate(randomBytes);
      const theirs = new AESWrapper(ours.key, ours.iv);
      const plaintext = Buffer.from(array);
      const { body, nextIv } = generation3.sealBody(plaintext, ours, randomBytes);
      const header = generation3.sealHeader(body.length, ours);
      assert.equal(header.length, generation3.headerBytes);
      assert.equal(generation3.openHeader(header, theirs), body.length);
      assert.deepEqual(generation3.openBody(body, theirs), { plaintext, nextIv });
    }),
  );
});

test('a header of any sixteen bytes gives a length within bounds or a ValueError', () => {
  const aes = AESWrapper.generate(randomBytes);
  const anyBytes = fc.uint8Array({ minLength: 16, maxLength: 16 }).map((bytes) => Buffer.from(bytes));
  const anyText = fc
    .string({ unit: fc.constantFrom(...'0123456789=+- '), maxLength: 15 })
    .map((text) => aes.encrypt(Buffer.from(text)));
  fc.assert(
    fc.property(fc.oneof(anyBytes, anyText), (header) => {
      try {
        const length = generation3.openHeader(header, aes);
        assert.ok(length >= 32 && length <= 16_384 && length % 16 === 0);
      } catch (error) {
        assert.ok(error instanceof ValueError);
      }
    }),
    { numRuns: 1000 },
  );
});

const headers: [text: string, code: string][] = [
  ['16', 'BadLength'],
  ['33', 'BadLength'],
  ['16400', 'LengthTooLarge'],
  ['9999999', 'LengthTooLarge'],
  ['99999999', 'BadHeader'],
  ['064', 'BadHeader'],
  ['64======', 'BadHeader'],
  ['', 'BadHeader'],
];
for (const [text, code] of headers) {
  test(`the length "${text}" is refused as ${code}`, () => {
    const aes = AESWrapper.generate(randomBytes);
    assert.throws(() => generation3.openHeader(aes.encrypt(Buffer.from(text)), aes), { name: 'ValueError', code });
  });
}

test('a key or an IV of another length is refused', () => {
  assert.throws(() => new AESWrapper(Buffer.alloc(16), Buffer.alloc(16)), RangeError);
  assert.throws(() => new AESWrapper(Buffer.alloc(32), Buffer.alloc(12)), RangeError);
});
