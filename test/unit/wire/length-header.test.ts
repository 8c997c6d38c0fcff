import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { atMost, formatLength, parseLength } from '../../../src/wire/length-header.ts';

test('a length is eight bytes of digits, padded with "="', () => {
  assert.equal(formatLength(800).toString(), '800=====');
});

test('what is formatted is parsed again', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9_999_999 }), (length) => {
      assert.equal(parseLength(formatLength(length)), length);
    }),
  );
});

test('any eight bytes are either the one way to write a length, or refused', () => {
  const eightBytes = fc.oneof(
    fc.uint8Array({ minLength: 8, maxLength: 8 }).map((bytes) => Buffer.from(bytes)),
    fc
      .string({ unit: fc.constantFrom(...'0123456789=+-_ .e'), minLength: 8, maxLength: 8 })
      .map((text) => Buffer.from(text)),
  );
  fc.assert(
    fc.property(eightBytes, (header) => {
      try {
        assert.deepEqual(formatLength(parseLength(header)), header);
      } catch (error) {
        if (!(error instanceof Error && 'code' in error)) throw error;
        assert.equal(error.code, 'BadHeader');
      }
    }),
    { numRuns: 1000 },
  );
});

for (const header of [
  '0=======',
  '0800====',
  '+800====',
  '-1======',
  '1_0=====',
  ' 800====',
  '800',
  '========',
  '99999999',
  '8=0=====',
  '800====\n',
  '８００=====',
]) {
  test(`the header ${JSON.stringify(header)} is refused`, () => {
    assert.throws(() => parseLength(Buffer.from(header)), { name: 'ValueError', code: 'BadHeader' });
  });
}

test('a length above what is allowed is refused by its own code', () => {
  assert.equal(atMost(4096, 4096), 4096);
  assert.throws(() => atMost(4096, 4097), { name: 'ValueError', code: 'LengthTooLarge' });
});
