/** A certificate authority and a certificate, for serving and for calling others, that live as long as the server. */
import { generateKeyPair, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import forge from 'node-forge';

export interface ServingCertificate {
  /** PEM. */
  ca: string;
  certificate: string;
  privateKey: string;
}

const DAY_MS = 24 * 3600 * 1000;
const VALID_DAYS = 365;
const KEY_BITS = 2048;

/** @param now milliseconds since the epoch */
export async function issueServingCertificate(now: number): Promise<ServingCertificate> {
  const [authority, serving] = await Promise.all([rsaKeyPair(), rsaKeyPair()]);
  const ca = certificate('embedded-ca', authority.publicKey, now);
  ca.setIssuer(ca.subject.attributes);
  ca.setExtensions([
    { name: 'basicConstraints', cA: true, critical: true },
    { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
    { name: 'subjectKeyIdentifier' },
  ]);
  ca.sign(authority.privateKey, forge.md.sha256.create());
  const leaf = certificate('kube-apiserver', serving.publicKey, now);
  leaf.setIssuer(ca.subject.attributes);
  leaf.setExtensions([
    { name: 'basicConstraints', cA: false },
    { name: 'keyUsage', digitalSignature: true, keyEncipherment: true },
    { name: 'extKeyUsage', serverAuth: true, clientAuth: true },
    { name: 'subjectAltName', altNames: alternativeNames() },
  ]);
  leaf.sign(authority.privateKey, forge.md.sha256.create());
  return {
    ca: forge.pki.certificateToPem(ca),
    certificate: forge.pki.certificateToPem(leaf),
    privateKey: serving.pem,
  };
}

function certificate(name: string, publicKey: forge.pki.PublicKey, now: number): forge.pki.Certificate {
  const result = forge.pki.createCertificate();
  result.publicKey = publicKey;
  // The first bit must be clear, or the number would be negative.
  result.serialNumber = `01${randomBytes(15).toString('hex')}`;
  result.validity.notBefore = new Date(now - DAY_MS);
  result.validity.notAfter = new Date(now + VALID_DAYS * DAY_MS);
  result.setSubject([{ name: 'commonName', value: name }]);
  return result;
}

function alternativeNames() {
  const dns = [
    'localhost',
    'kubernetes',
    'kubernetes.default',
    'kubernetes.default.svc',
    'kubernetes.default.svc.cluster.local',
  ];
  return [
    ...dns.map((value) => ({ type: 2, value })),
    ...['127.0.0.1', '::1', '10.96.0.1'].map((ip) => ({ type: 7, ip })),
  ];
}

async function rsaKeyPair() {
  const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: KEY_BITS,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return {
    publicKey: forge.pki.publicKeyFromPem(publicKey),
    privateKey: forge.pki.privateKeyFromPem(privateKey),
    pem: privateKey,
  };
}
