import assert from 'node:assert/strict';
import { createHash, generateKeyPairSync, type KeyExportOptions } from 'node:crypto';
import { test } from 'node:test';
import type { Secret } from '../../../../src/kube/resources.ts';
import { readGivenKey, readMadeKey } from '../../../../src/operator/keys/read-key.ts';

const rsa = (bits: number) => generateKeyPairSync('rsa', { modulusLength: bits });
const pem = (key: ReturnType<typeof rsa>['privateKey'], options: KeyExportOptions<'pem'>) =>
  key.export(options).toString();
const pkcs8 = { type: 'pkcs8', format: 'pem' } as const;
const spki = { type: 'spki', format: 'pem' } as const;
const good = rsa(2048);
const other = rsa(2048);

function secret(data: Record<string, string>): Secret {
  const encoded = Object.entries(data).map(([key, text]) => [key, Buffer.from(text).toString('base64')]);
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'mine' }, data: Object.fromEntries(encoded) };
}

const faultOf = (reading: ReturnType<typeof readGivenKey>) => ('fault' in reading ? reading.fault : 'none');

for (const type of ['pkcs8', 'pkcs1'] as const) {
  test(`a key in ${type} is known by the SHA-256 of its public key`, () => {
    const reading = readGivenKey(secret({ 'private.pem': pem(good.privateKey, { type, format: 'pem' }) }));
    const der = good.publicKey.export({ type: 'spki', format: 'der' });
    assert.deepEqual(reading, { sha256: createHash('sha256').update(der).digest('hex') });
  });
}

const passphrase = { cipher: 'aes-256-cbc', passphrase: 'secret' };
const ENCRYPTED = 'private.pem in Secret mine is encrypted: put the key there without a passphrase';
const LARGER = 'put an RSA key of 2048, 3072 or 4096 bits there';
const FAULTS: [what: string, data: Record<string, string>, fault: string][] = [
  ['no private.pem', { 'tls.key': 'x' }, 'Secret mine has no key private.pem: put an RSA private key there, as PEM'],
  [
    'text that is no key',
    { 'private.pem': 'hunter2' },
    'private.pem in Secret mine is no private key: put one there as PEM, in PKCS#8 or PKCS#1',
  ],
  ['an encrypted key in PKCS#8', { 'private.pem': pem(good.privateKey, { ...pkcs8, ...passphrase }) }, ENCRYPTED],
  [
    'an encrypted key in PKCS#1',
    { 'private.pem': pem(good.privateKey, { type: 'pkcs1', format: 'pem', ...passphrase }) },
    ENCRYPTED,
  ],
  [
    'a key that is too small',
    { 'private.pem': pem(rsa(1024).privateKey, pkcs8) },
    `private.pem in Secret mine has 1024 bits: ${LARGER}`,
  ],
  [
    'a key of another kind',
    { 'private.pem': pem(generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey, pkcs8) },
    `private.pem in Secret mine is of type ec, not rsa: ${LARGER}`,
  ],
  [
    'a key that can only sign',
    { 'private.pem': pem(generateKeyPairSync('rsa-pss', { modulusLength: 2048 }).privateKey, pkcs8) },
    `private.pem in Secret mine is of type rsa-pss, not rsa: ${LARGER}`,
  ],
];

for (const [what, data, fault] of FAULTS) {
  test(`${what} is refused with what to do, and without what is in it`, () => {
    assert.equal(faultOf(readGivenKey(secret(data))), fault);
  });
}

const DAMAGED = 'Secret mine, which the operator made, is damaged';
const REMEDY = 'count up keys.rotation for a new key';
const halves = { 'private.pem': pem(good.privateKey, pkcs8), 'public.pem': good.publicKey.export(spki).toString() };
const DAMAGES: [what: string, data: Record<string, string>, fault: string][] = [
  ['private half', { 'public.pem': halves['public.pem'] }, 'its private.pem is of no use'],
  ['public half', { 'private.pem': halves['private.pem'] }, 'its public.pem is of no use'],
  [
    'fitting half',
    { ...halves, 'public.pem': other.publicKey.export(spki).toString() },
    'its private.pem and its public.pem do not belong together',
  ],
];

for (const [what, data, fault] of DAMAGES) {
  test(`a key of the operator's without its ${what} is damaged`, () => {
    assert.equal(faultOf(readMadeKey(secret(data))), `${DAMAGED} (${fault}): ${REMEDY}`);
  });
}

test('a key of the operator with both halves is known as one that is supplied', () => {
  assert.deepEqual(readMadeKey(secret(halves)), readGivenKey(secret(halves)));
});
