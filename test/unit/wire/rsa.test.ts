import assert from 'node:assert/strict';
import { createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { PeerPublicKey } from '../../../src/wire/peer-public-key.ts';
import { RSAWrapper } from '../../../src/wire/rsa-wrapper.ts';

const { signal } = new AbortController();
const pem = { format: 'pem', type: 'spki' } as const;

/** A public key of these numbers; nobody knows a private one. */
function publicKey(bits: number, exponent: bigint): string {
  const modulus = randomBytes(bits / 8);
  modulus[0] = 0xff;
  modulus[modulus.length - 1] = 0xf1;
  const e = Buffer.from(exponent.toString(16).padStart(exponent > 0xffffn ? 16 : 8, '0'), 'hex');
  const jwk = { kty: 'RSA', n: modulus.toString('base64url'), e: e.toString('base64url') };
  return createPublicKey({ key: jwk, format: 'jwk' }).export(pem).toString();
}

test('a generated key opens what was encrypted to its public half, many at a time', async () => {
  const rsa = await RSAWrapper.generate({ bits: 2048 });
  assert.equal(rsa.blockBytes, 256);
  const peer = PeerPublicKey.fromPem(rsa.publicKeyPem);
  const secrets = Array.from({ length: 20 }, () => randomBytes(48));
  const opened = await Promise.all(secrets.map((secret) => rsa.decrypt(new Uint8Array(peer.encrypt(secret)), signal)));
  assert.deepEqual(opened, secrets);
});

test('a private key is read from PKCS#8 and PKCS#1, and anything else is refused without quoting it', async () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  for (const type of ['pkcs8', 'pkcs1'] as const) {
    const wrapper = await RSAWrapper.fromPem(privateKey.export({ type, format: 'pem' }).toString());
    assert.equal(wrapper.publicKeyPem, createPublicKey(privateKey).export(pem));
  }
  const curve = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' });
  for (const wrong of ['secret words', curve.toString()]) {
    await assert.rejects(RSAWrapper.fromPem(wrong), (error: Error) => {
      assert.equal(error.name, 'ValueError');
      assert.equal(`${error.message} ${error.cause}`.includes('secret words'), false);
      return true;
    });
  }
});

test('a block that is not ours, of any length, fails with one and the same error', async () => {
  const rsa = await RSAWrapper.generate({ bits: 2048 });
  for (const block of [randomBytes(256), Buffer.alloc(256), Buffer.alloc(256, 0xff), randomBytes(10)]) {
    await assert.rejects(rsa.decrypt(new Uint8Array(block), signal), {
      code: 'BadKeyBlock',
      message: 'the key block cannot be decrypted',
    });
  }
});

test('more decryptions than may wait are refused at once, and one that is given up leaves the line', async () => {
  const rsa = await RSAWrapper.generate({ bits: 2048, maxWaiting: 1 });
  const block = new Uint8Array(PeerPublicKey.fromPem(rsa.publicKeyPem).encrypt(Buffer.from('secret')));
  const gone = new AbortController();
  const results: Promise<unknown>[] = [];
  while (results.length < 64) results.push(rsa.decrypt(block, gone.signal));
  gone.abort(new Error('gone'));
  const settled = await Promise.allSettled(results);
  const reasons = settled.map((result) =>
    result.status === 'rejected' ? String(result.reason.code ?? result.reason.message) : 'done',
  );
  assert.deepEqual([...new Set(reasons)].sort(), ['Overloaded', 'done', 'gone']);
  assert.equal(reasons.filter((reason) => reason === 'gone').length, 1);
  assert.equal((await rsa.decrypt(block, signal)).toString(), 'secret');
});

test('public keys within bounds are accepted', () => {
  for (const [bits, exponent] of [
    [2048, 65_537n],
    [3072, 3n],
    [4096, 2n ** 32n - 1n],
  ] as const) {
    assert.equal(PeerPublicKey.fromPem(publicKey(bits, exponent)).encrypt(randomBytes(48)).length, bits / 8);
  }
});

const refused: Record<string, () => string> = {
  'of 1,024 bits': () => publicKey(1024, 65_537n),
  'of 8,192 bits': () => publicKey(8192, 65_537n),
  'with an even exponent': () => publicKey(2048, 65_536n),
  'with the exponent 1': () => publicKey(2048, 1n),
  'with an exponent above 32 bits': () => publicKey(2048, 2n ** 32n + 1n),
  'on a curve': () => generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export(pem).toString(),
  'with RSA-PSS parameters': () =>
    generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).publicKey.export(pem).toString(),
  'that is a private key': () =>
    generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  'that is no key': () => '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n',
  'that is nothing': () => '',
};
for (const [what, make] of Object.entries(refused)) {
  test(`a public key ${what} is refused`, () => {
    assert.throws(() => PeerPublicKey.fromPem(make()), { name: 'ValueError', code: 'BadPublicKey' });
  });
}
