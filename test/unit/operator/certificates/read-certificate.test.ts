import assert from 'node:assert/strict';
import { generateKeyPairSync, X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import type { Secret } from '../../../../src/kube/resources.ts';
import { readCertificate } from '../../../../src/operator/certificates/read-certificate.ts';
import { newAuthority } from '../../../support/test-certificates.ts';

const authority = newAuthority('authority');
const stranger = newAuthority('stranger');
const first = authority.issue('first');
const second = authority.issue('second');
const encrypted = generateKeyPairSync('rsa', {
  modulusLength: 2048,
  publicKeyEncoding: { type: 'spki', format: 'pem' },
  privateKeyEncoding: { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'secret' },
}).privateKey;

function secret(cert: string, key: string, type = 'kubernetes.io/tls'): Secret {
  const data = { 'tls.crt': Buffer.from(cert).toString('base64'), 'tls.key': Buffer.from(key).toString('base64') };
  return { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'mine' }, type, data };
}

test('a chain in order and the key of its first certificate are taken, until the first of them expires', () => {
  const reading = readCertificate(secret(first.cert + authority.cert, first.key));
  assert.ok('leaf' in reading);
  assert.match(reading.digest, /^[0-9a-f]{64}$/);
  assert.equal(reading.isSelfSigned, false);
  const ends = [first, authority].map(({ cert }) => new X509Certificate(cert).validToDate.getTime());
  assert.equal(reading.notAfter, Math.min(...ends));
});

const FAULTS: [what: string, secret: Secret, message: string][] = [
  [
    'a Secret of another type',
    secret(first.cert, first.key, 'Opaque'),
    'its type is Opaque, not kubernetes.io/tls: make it anew with kubectl create secret tls',
  ],
  ['no certificate', secret('hunter2', first.key), 'tls.crt holds no certificate: put the chain there, as PEM'],
  [
    'a broken certificate',
    secret(first.cert + authority.cert.replace(/^MII/m, 'AAA'), first.key),
    'certificate 2 in tls.crt can not be read: put the whole chain there, as PEM',
  ],
  [
    'no key',
    secret(first.cert, 'hunter2'),
    'tls.key holds no private key: put the one of the certificate there, as PEM',
  ],
  ['an encrypted key', secret(first.cert, encrypted), 'tls.key is encrypted: put the key there without a passphrase'],
  [
    'the key of another certificate',
    secret(first.cert, second.key),
    'the certificate in tls.crt does not belong to the key in tls.key: put both of one certificate there',
  ],
  [
    'a chain that begins with the issuer',
    secret(authority.cert + first.cert, first.key),
    "the server's own certificate does not come first in tls.crt: put it there, its issuers after it",
  ],
  [
    'a chain with a stranger in it',
    secret(first.cert + stranger.cert, first.key),
    'certificate 2 in tls.crt is not the issuer of certificate 1: put each issuer after what it issued',
  ],
];

for (const [what, given, message] of FAULTS) {
  test(`${what} is refused with what to do, and without what is in it`, () => {
    assert.deepEqual(readCertificate(given), { reason: 'CertificateInvalid', message: `Secret mine: ${message}` });
  });
}
