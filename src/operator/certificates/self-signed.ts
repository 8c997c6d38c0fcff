import { constants, privateEncrypt, randomBytes } from 'node:crypto';
import type { md, pki } from 'node-forge';
import type { KeyPair } from '../keys/key-pairs.ts';
import type { CertificateNames } from './wanted-names.ts';

const DAY_MS = 86_400_000;
const VALID_MS = 365 * DAY_MS;
/** The clocks of clients may be behind. */
const EARLIER_MS = 300_000;
/** What X.520 allows. */
const MAX_COMMON_NAME = 64;

/**
 * A certificate that its own key has signed, for one year, as PEM.
 * @param now milliseconds
 */
export async function selfSignedCertificate(
  commonName: string,
  { dns, ips }: CertificateNames,
  { privatePem, publicPem }: KeyPair,
  now: number,
): Promise<string> {
  // Half a megabyte that few operators need.
  const { default: forge } = await import('node-forge');
  const made = forge.pki.createCertificate();
  made.publicKey = forge.pki.publicKeyFromPem(publicPem);
  // The first bit must be clear, or the number would be negative.
  made.serialNumber = `01${randomBytes(15).toString('hex')}`;
  made.validity.notBefore = new Date(now - EARLIER_MS);
  made.validity.notAfter = new Date(now + VALID_MS);
  const name = [{ name: 'commonName', value: commonName.slice(0, MAX_COMMON_NAME) }];
  made.setSubject(name);
  made.setIssuer(name);
  made.setExtensions([
    { name: 'basicConstraints', cA: false, critical: true },
    { name: 'keyUsage', digitalSignature: true, keyEncipherment: true, critical: true },
    { name: 'extKeyUsage', serverAuth: true },
    { name: 'subjectKeyIdentifier' },
    {
      name: 'subjectAltName',
      altNames: [...dns.map((value) => ({ type: 2, value })), ...ips.map((ip) => ({ type: 7, ip }))],
    },
  ]);
  made.sign(signingKey(forge.pki.privateKeyFromPem(privatePem), privatePem), forge.md.sha256.create());
  return forge.pki.certificateToPem(made);
}

/** What stands before a SHA-256 in a signature (RFC 8017, 9.2). */
const SHA256_PREFIX = Buffer.from('3031300d060960864801650304020105000420', 'hex');

/** forge takes a tenth of a second for each signature, in which nothing else runs; OpenSSL one or two thousandths. */
function signingKey(key: pki.rsa.PrivateKey, privatePem: string): pki.rsa.PrivateKey {
  key.sign = (hash: md.MessageDigest | string) => {
    const digest = Buffer.from(typeof hash === 'string' ? hash : hash.digest().getBytes(), 'latin1');
    const padding = constants.RSA_PKCS1_PADDING;
    return privateEncrypt({ key: privatePem, padding }, Buffer.concat([SHA256_PREFIX, digest])).toString('latin1');
  };
  return key;
}

/** When a certificate is to be replaced: a third of its life is left. Milliseconds. */
export function renewalAt({ notBefore, notAfter }: { notBefore: number; notAfter: number }): number {
  return notAfter - (notAfter - notBefore) / 3;
}
