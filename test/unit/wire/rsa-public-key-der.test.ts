import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import fc from 'fast-check';
import { readRSAPublicKey } from '../../../src/wire/rsa-public-key-der.ts';

/** As OpenSSL writes it: any numbers, as nothing here checks that they are a key. */
function der(modulus: Uint8Array, exponent: Uint8Array): Buffer {
  const [n, e] = [modulus, exponent].map((number) => Buffer.from(number).toString('base64url'));
  const key = createPublicKey({ key: { kty: 'RSA', n: n ?? '', e: e ?? '' }, format: 'jwk' });
  return key.export({ type: 'spki', format: 'der' });
}

/** What OpenSSL reads from it; undefined when it does not. */
function readByOpenSSL(bytes: Buffer): { n: string; e: string; der: string } | undefined {
  try {
    const key = createPublicKey({ key: bytes, format: 'der', type: 'spki' });
    const { n = '', e = '' } = key.export({ format: 'jwk' });
    return { n, e, der: key.export({ type: 'spki', format: 'der' }).toString('hex') };
  } catch {
    return undefined;
  }
}

const number = (max: number) =>
  fc
    .uint8Array({ minLength: 1, maxLength: max })
    .map((bytes) => Uint8Array.from([(bytes[0] ?? 0) | 1, ...bytes.subarray(1)]));

test('the numbers of a key of any length are read as OpenSSL wrote them', () => {
  fc.assert(
    fc.property(number(600), number(300), (modulus, exponent) => {
      const read = readRSAPublicKey(der(modulus, exponent));
      assert.deepEqual(
        [read?.modulus, read?.exponent].map((bytes) => bytes?.toString('hex')),
        [modulus, exponent].map((bytes) => Buffer.from(bytes).toString('hex')),
      );
    }),
    { numRuns: 300 },
  );
});

const real = generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ type: 'spki', format: 'der' });

test('a key with bytes changed is refused, or read as OpenSSL reads it and in its one form', () => {
  const small = der(Uint8Array.from([0xc1, 2, 3]), Uint8Array.from([1, 0, 1]));
  const change = fc.record({ at: fc.nat(), byte: fc.nat(255), how: fc.constantFrom('set', 'insert', 'remove') });
  let refused = 0;
  fc.assert(
    fc.property(fc.constantFrom(real, small), fc.array(change, { minLength: 1, maxLength: 4 }), (key, changes) => {
      const bytes = [...key];
      for (const { at, byte, how } of changes) {
        // The first bytes say what all others are.
        const index = at % Math.min(bytes.length, 45);
        bytes.splice(index, how === 'insert' ? 0 : 1, ...(how === 'remove' ? [] : [byte]));
      }
      const changed = Buffer.from(bytes);
      const read = readRSAPublicKey(changed);
      if (!read) {
        refused += 1;
        return;
      }
      const { modulus, exponent } = read;
      assert.deepEqual(readByOpenSSL(changed), {
        n: modulus.toString('base64url'),
        e: exponent.toString('base64url'),
        der: changed.toString('hex'),
      });
    }),
    { numRuns: 5_000 },
  );
  assert.ok(refused > 1_000);
});

test('a key cut at any byte, or with a byte more, is refused', () => {
  for (let length = 0; length < real.length; length += 1) {
    assert.equal(readRSAPublicKey(real.subarray(0, length)), undefined, `${length}`);
  }
  assert.equal(readRSAPublicKey(Buffer.concat([real, Buffer.alloc(1)])), undefined);
});

/** An element of DER whose length is written in so many bytes, whether or not it takes them. */
function element(tag: number, content: Buffer, lengthBytes: 1 | 2 | 3): Buffer {
  const length = Buffer.alloc(lengthBytes);
  if (lengthBytes > 1) length[0] = 0x80 + lengthBytes - 1;
  length.writeUIntBE(content.length, Math.min(lengthBytes - 1, 1), Math.max(lengthBytes - 1, 1));
  return Buffer.concat([Buffer.of(tag), length, content]);
}

test('a key with a length in more bytes than it takes is refused', () => {
  const algorithm = Buffer.from('300d06092a864886f70d0101010500', 'hex');
  const modulus = Buffer.alloc(40, 0x71);
  const build = (lengthBytes: 1 | 2 | 3) => {
    const numbers = [element(0x02, modulus, 1), element(0x02, Buffer.of(1, 0, 1), lengthBytes)];
    const key = element(0x30, Buffer.concat(numbers), 1);
    return element(0x30, Buffer.concat([algorithm, element(0x03, Buffer.concat([Buffer.alloc(1), key]), 1)]), 1);
  };
  assert.deepEqual(readRSAPublicKey(build(1))?.modulus, modulus);
  for (const lengthBytes of [2, 3] as const) {
    assert.ok(readByOpenSSL(build(lengthBytes)));
    assert.equal(readRSAPublicKey(build(lengthBytes)), undefined);
  }
});

test('a key of another kind is refused', () => {
  const keys = [
    generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    generateKeyPairSync('ed25519'),
    generateKeyPairSync('rsa-pss', { modulusLength: 1024 }),
  ];
  for (const { publicKey } of keys) {
    assert.equal(readRSAPublicKey(publicKey.export({ type: 'spki', format: 'der' })), undefined);
  }
});
