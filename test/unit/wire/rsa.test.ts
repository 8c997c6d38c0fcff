import assert from 'node:assert/strict';
import { createHash, createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { PeerPublicKey } from '../../../src/wire/peer-public-key.ts';
import { RSAWrapper } from '../../../src/wire/rsa-wrapper.ts';

const { signal } = new AbortController();
const pem = { format: 'pem', type: 'spki' } as const;

/** A public key of these numbers; nobody knows a private one. */
function publicKey(bits: number, exponent: bigint, first = 0xff): string {
  const modulus = randomBytes(bits / 8);
  modulus[0] = first;
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
  const others = [
    generateKeyPairSync('ec', { namedCurve: 'P-256' }),
    generateKeyPairSync('rsa-pss', { modulusLength: 2048 }),
  ];
  const pems = others.map((pair) => pair.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  for (const wrong of ['secret words', ...pems]) {
    await assert.rejects(RSAWrapper.fromPem(wrong), (error: Error & { code: string }) => {
      assert.equal(error.code, 'BadPrivateKey');
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

test('256 decryptions may wait on any machine, and more are refused at once where they would wait too long', async () => {
  const rsa = await RSAWrapper.generate({ bits: 2048, maxWaitMs: 0 });
  const block = new Uint8Array(PeerPublicKey.fromPem(rsa.publicKeyPem).encrypt(Buffer.from('secret')));
  const results = Array.from({ length: 300 }, () => rsa.decrypt(block, new AbortController().signal));
  assert.equal(rsa.queueLength, 256);
  const reasons = (await Promise.allSettled(results)).map((result) =>
    result.status === 'rejected' ? result.reason.code : 'done',
  );
  const done = reasons.filter((reason) => reason === 'done').length;
  assert.ok(done > 256 && done <= 256 + 4, `${done} done`);
  assert.equal(reasons.filter((reason) => reason === 'Overloaded').length, 300 - done);
  assert.equal(rsa.queueLength, 0);
});

test('a block that cannot be one of ours is refused without a turn', async () => {
  const rsa = await RSAWrapper.generate({ bits: 2048, maxWaitMs: 0 });
  const block = new Uint8Array(PeerPublicKey.fromPem(rsa.publicKeyPem).encrypt(Buffer.from('secret')));
  const modulus = createPublicKey(rsa.publicKeyPem).export({ format: 'jwk' }).n ?? '';
  const results = Array.from({ length: 256 + 4 }, () => rsa.decrypt(block, new AbortController().signal).catch(String));
  for (const wrong of [
    Buffer.from(modulus, 'base64url'),
    Buffer.alloc(256, 0xff),
    randomBytes(255),
    randomBytes(512),
  ]) {
    await assert.rejects(rsa.decrypt(new Uint8Array(wrong), signal), { code: 'BadKeyBlock' });
  }
  await Promise.all(results);
});

test('a key is made with 2,048, 3,072 or 4,096 bits, and with no other number of them', async () => {
  assert.equal((await RSAWrapper.generate({ bits: 3072 })).blockBytes, 384);
  for (const bits of [1024, 2047, 2056, 8192, 0, Number.NaN]) {
    await assert.rejects(RSAWrapper.generate({ bits }), {
      code: 'BadPrivateKey',
      message: /2048, 3072, 4096 bits, not/,
    });
  }
});

test('both sides know a public key by the same digest, that of its SubjectPublicKeyInfo', async () => {
  const rsa = await RSAWrapper.generate({ bits: 2048 });
  const der = createPublicKey(rsa.publicKeyPem).export({ format: 'der', type: 'spki' });
  assert.equal(rsa.publicKeySha256, createHash('sha256').update(der).digest('hex'));
  assert.equal(PeerPublicKey.fromPem(rsa.publicKeyPem).sha256, rsa.publicKeySha256);
});

test('a public key is read with any line ends and with what follows it', () => {
  const key = publicKey(2048, 65_537n);
  const body = key.split('\n').slice(1, -2).join('');
  const { sha256 } = PeerPublicKey.fromPem(key);
  for (const pem of [
    key.trimEnd(),
    key.replaceAll('\n', '\r\n'),
    `${key}-----BEGIN ANWEDDOL HELLO-----\nAAAA\n-----END ANWEDDOL HELLO-----\n`,
    `-----BEGIN PUBLIC KEY-----\n${body}\n-----END PUBLIC KEY-----`,
  ]) {
    const peer = PeerPublicKey.fromPem(pem);
    assert.equal(peer.sha256, sha256);
    assert.equal(peer.encrypt(randomBytes(48)).length, 256);
  }
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
  'of 2,047 bits': () => publicKey(2048, 65_537n, 0x7f),
  'without an end': () => publicKey(2048, 65_537n).replace(/-----END.*/s, ''),
  'after other text': () => `x${publicKey(2048, 65_537n)}`,
  'under another name': () => publicKey(2048, 65_537n).replace('BEGIN PUBLIC', 'BEGIN SECRET'),
  'that is nothing': () => '',
};
for (const [what, make] of Object.entries(refused)) {
  test(`a public key ${what} is refused`, () => {
    assert.throws(() => PeerPublicKey.fromPem(make()), { name: 'ValueError', code: 'BadPublicKey' });
  });
}
