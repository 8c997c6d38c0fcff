import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { createSecureContext, type SecureContext } from 'node:tls';
import { ValueError } from '../../wire/errors.ts';
import { publicKeyDigest } from '../../wire/public-key-digest.ts';

export interface CertificateSource {
  /** The name of the file, for what is said about it, and its content. */
  certificate: { file: string; pem: Buffer };
  key: { file: string; pem: Buffer };
}

export interface ServerCertificate {
  /** For TLS 1.3 alone. */
  context: SecureContext;
  /** SHA-256 of the leaf's SubjectPublicKeyInfo, 64 lower-case hex digits. */
  publicKeySha256: string;
  notAfter: Date;
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----.+?-----END CERTIFICATE-----/gs;
/** PKCS #8, and the older form that says so in a header. */
const ENCRYPTED = /^(-----BEGIN ENCRYPTED PRIVATE KEY-----|Proc-Type: 4,ENCRYPTED)/m;

/**
 * What a server shows and proves: a chain in PEM, its own certificate first, and that certificate's private key in PEM,
 * not encrypted. An expired certificate is taken: whoever pins the key does not ask for the date.
 * @throws `ValueError` `BadCertificate`: the file, and what is wrong with it, never what is in it
 */
export function readCertificate({ certificate, key }: CertificateSource): ServerCertificate {
  const [leaf, ...issuers] = chainOf(certificate.file, certificate.pem.toString('latin1'));
  if (!leaf) throw badCertificate(certificate.file, 'it holds no certificate in PEM');
  const privateKey = privateKeyOf(key.file, key.pem);
  if (!leaf.checkPrivateKey(privateKey)) {
    const fault = issuers.some((issuer) => issuer.checkPrivateKey(privateKey))
      ? "the server's own certificate does not come first"
      : `its certificate does not belong to the key in ${key.file}`;
    throw badCertificate(certificate.file, fault);
  }
  return {
    context: contextOf(certificate.file, { cert: certificate.pem, key: key.pem }),
    publicKeySha256: publicKeyDigest(leaf.publicKey),
    notAfter: leaf.validToDate,
  };
}

function chainOf(file: string, pem: string): X509Certificate[] {
  return [...pem.matchAll(CERTIFICATE)].map(([block], index) => {
    try {
      return new X509Certificate(block);
    } catch {
      throw badCertificate(file, `certificate ${index + 1} in it cannot be read`);
    }
  });
}

function privateKeyOf(file: string, pem: Buffer): KeyObject {
  try {
    return createPrivateKey(pem);
  } catch {
    throw badCertificate(
      file,
      ENCRYPTED.test(pem.toString('latin1')) ? 'its key is encrypted' : 'it holds no private key in PEM',
    );
  }
}

/** OpenSSL has its own demands: of the length of a key, of the digest of a signature. */
function contextOf(file: string, pair: { cert: Buffer; key: Buffer }): SecureContext {
  try {
    return createSecureContext({ ...pair, minVersion: 'TLSv1.3' });
  } catch (error) {
    const reason = error instanceof Error && 'reason' in error ? error.reason : 'for a reason that is not told';
    throw badCertificate(file, `TLS does not take it: ${reason}`);
  }
}

function badCertificate(file: string, fault: string): ValueError {
  return new ValueError('BadCertificate', `${file}: ${fault}`);
}
