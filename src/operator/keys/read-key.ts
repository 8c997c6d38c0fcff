/** What a Secret holds as a server's key; pure. No fault tells what is in it. */
import { createHash, createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import type { Secret } from '../../kube/resources.ts';

/** `sha256`: of the public key's DER SubjectPublicKeyInfo, hex. `fault`: what is wrong, and what to do. */
export type KeyReading = { sha256: string } | { fault: string };

/** Undefined: there is no Secret of this name. */
export type KnownKey = KeyReading | undefined;

const MIN_BITS = 2048;
/** What server pods take: a larger key would make each handshake too slow. */
const MAX_BITS = 4096;
const ENCRYPTED = /^(-----BEGIN ENCRYPTED PRIVATE KEY-----|Proc-Type: 4,ENCRYPTED)/m;

/** A key that somebody supplies, as PEM under `private.pem`. */
export function readGivenKey(secret: Secret): KeyReading {
  const where = `Secret ${secret.metadata.name}`;
  const pem = textOf(secret, 'private.pem');
  if (!pem) return { fault: `${where} has no key private.pem: put an RSA private key there, as PEM` };
  const key = privateKeyOf(pem);
  if (!key) {
    return ENCRYPTED.test(pem)
      ? { fault: `private.pem in ${where} is encrypted: put the key there without a passphrase` }
      : { fault: `private.pem in ${where} is no private key: put one there as PEM, in PKCS#8 or PKCS#1` };
  }
  const fault = faultOf(key);
  if (fault) return { fault: `private.pem in ${where} ${fault}: put an RSA key of 2048, 3072 or 4096 bits there` };
  return { sha256: fingerprint(createPublicKey(key)) };
}

/** A key that the operator made: both halves must be there. */
export function readMadeKey(secret: Secret): KeyReading {
  const reading = readGivenKey(secret);
  if ('fault' in reading) return { fault: spoilt(secret, 'its private.pem is of no use') };
  try {
    const publicKey = createPublicKey(textOf(secret, 'public.pem'));
    if (fingerprint(publicKey) === reading.sha256) return reading;
    return { fault: spoilt(secret, 'its private.pem and its public.pem do not belong together') };
  } catch {
    return { fault: spoilt(secret, 'its public.pem is of no use') };
  }
}

function spoilt({ metadata }: Secret, what: string): string {
  return `Secret ${metadata.name}, which the operator made, is damaged (${what}): count up keys.rotation for a new key`;
}

function faultOf(key: KeyObject): string | undefined {
  if (key.asymmetricKeyType !== 'rsa') return `is of type ${key.asymmetricKeyType}, not rsa`;
  const { modulusLength = 0, publicExponent = 0n } = key.asymmetricKeyDetails ?? {};
  if (modulusLength < MIN_BITS || modulusLength > MAX_BITS || modulusLength % 8 !== 0) {
    return `has ${modulusLength} bits`;
  }
  const isFit = publicExponent % 2n === 1n && publicExponent >= 3n && publicExponent < 2n ** 32n;
  return isFit ? undefined : 'has an exponent that no client takes';
}

function privateKeyOf(pem: string): KeyObject | undefined {
  try {
    return createPrivateKey(pem);
  } catch {
    return undefined;
  }
}

function textOf(secret: Secret, key: string): string {
  return Buffer.from(secret.data?.[key] ?? '', 'base64').toString('latin1');
}

function fingerprint(publicKey: KeyObject): string {
  return createHash('sha256')
    .update(publicKey.export({ type: 'spki', format: 'der' }))
    .digest('hex');
}
