/** What a Secret of type kubernetes.io/tls holds; pure. No fault tells what is in it. */
import { createHash, createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { createSecureContext } from 'node:tls';
import type { Secret } from '../../kube/resources.ts';
import type { CertificateFault, CertificateReading } from './known-certificate.ts';

export const SECRET_TYPE_TLS = 'kubernetes.io/tls';

const CERTIFICATE = /-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----/gs;
const ENCRYPTED = /^(-----BEGIN ENCRYPTED PRIVATE KEY-----|Proc-Type: 4,ENCRYPTED)/m;

export function readCertificate(secret: Secret): CertificateReading | CertificateFault {
  try {
    return readChain(secret);
  } catch (error) {
    if (!(error instanceof Unfit)) throw error;
    return { reason: 'CertificateInvalid', message: `Secret ${secret.metadata.name}: ${error.message}` };
  }
}

class Unfit extends Error {}

function readChain(secret: Secret): CertificateReading {
  if (secret.type !== SECRET_TYPE_TLS) {
    throw new Unfit(`its type is ${secret.type}, not ${SECRET_TYPE_TLS}: make it anew with kubectl create secret tls`);
  }
  const pem = textOf(secret, 'tls.crt');
  const chain = [...pem.matchAll(CERTIFICATE)].map(([block], index) => certificateOf(block, index));
  const [leaf, ...issuers] = chain;
  if (!leaf) throw new Unfit('tls.crt holds no certificate: put the chain there, as PEM');
  const key = privateKeyOf(textOf(secret, 'tls.key'));
  if (!leaf.checkPrivateKey(key)) {
    const isLater = issuers.some((issuer) => issuer.checkPrivateKey(key));
    throw new Unfit(
      isLater
        ? "the server's own certificate does not come first in tls.crt: put it there, its issuers after it"
        : 'the certificate in tls.crt does not belong to the key in tls.key: put both of one certificate there',
    );
  }
  for (const [index, issuer] of issuers.entries()) {
    if (chain[index]?.checkIssued(issuer)) continue;
    throw new Unfit(
      `certificate ${index + 2} in tls.crt is not the issuer of certificate ${index + 1}: put each issuer after what it issued`,
    );
  }
  checkForTls(pem, textOf(secret, 'tls.key'));
  return {
    digest: createHash('sha256').update(pem).digest('hex'),
    notBefore: Math.max(...chain.map(({ validFromDate }) => validFromDate.getTime())),
    notAfter: Math.min(...chain.map(({ validToDate }) => validToDate.getTime())),
    // Not checkIssued: that asks for the right to sign others.
    isSelfSigned: leaf.issuer === leaf.subject && leaf.verify(leaf.publicKey),
    leaf,
  };
}

function certificateOf(block: string, index: number): X509Certificate {
  try {
    return new X509Certificate(block);
  } catch {
    throw new Unfit(`certificate ${index + 1} in tls.crt can not be read: put the whole chain there, as PEM`);
  }
}

function privateKeyOf(pem: string): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw new Unfit(
      ENCRYPTED.test(pem)
        ? 'tls.key is encrypted: put the key there without a passphrase'
        : 'tls.key holds no private key: put the one of the certificate there, as PEM',
    );
  }
}

/** OpenSSL has its own demands: of the length of a key, of the digest of a signature. */
function checkForTls(cert: string, key: string): void {
  try {
    createSecureContext({ cert, key, minVersion: 'TLSv1.3' });
  } catch (error) {
    const why = error instanceof Error && 'reason' in error ? String(error.reason) : 'for a reason that is not told';
    throw new Unfit(`TLS does not take it (${why}): issue it anew with a larger key and SHA-256`);
  }
}

function textOf(secret: Secret, key: string): string {
  return Buffer.from(secret.data?.[key] ?? '', 'base64').toString('latin1');
}
