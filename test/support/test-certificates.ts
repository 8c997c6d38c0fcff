import { generateKeyPairSync } from 'node:crypto';
import forge from 'node-forge';

export interface Pair {
  cert: string;
  key: string;
}

/** A new certificate authority, valid for an hour. */
export function newAuthority(name: string): Pair & { issue(subject: string): Pair } {
  const keys = rsaKeys();
  const key = forge.pki.privateKeyFromPem(keys.privateKey);
  const root = certificate(keys.publicKey, name, name, [{ name: 'basicConstraints', cA: true }], key);
  const issue = (subject: string): Pair => {
    const own = rsaKeys();
    const names = { name: 'subjectAltName', altNames: [{ type: 7, ip: '127.0.0.1' }] };
    return { cert: certificate(own.publicKey, subject, name, [names], key), key: own.privateKey };
  };
  return { cert: root, key: keys.privateKey, issue };
}

function rsaKeys(): { publicKey: string; privateKey: string } {
  return generateKeyPairSync('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
}

function certificate(
  publicKey: string,
  subject: string,
  issuer: string,
  extensions: object[],
  signer: forge.pki.rsa.PrivateKey,
): string {
  const made = forge.pki.createCertificate();
  made.publicKey = forge.pki.publicKeyFromPem(publicKey);
  made.serialNumber = '01';
  made.validity.notBefore = new Date(Date.now() - 60_000);
  made.validity.notAfter = new Date(Date.now() + 3_600_000);
  made.setSubject([{ name: 'commonName', value: subject }]);
  made.setIssuer([{ name: 'commonName', value: issuer }]);
  made.setExtensions(extensions);
  made.sign(signer, forge.md.sha256.create());
  return forge.pki.certificateToPem(made);
}
