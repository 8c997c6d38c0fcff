import { hash, type KeyObject } from 'node:crypto';

/** What a public key is known by: hex of the SHA-256 of its SubjectPublicKeyInfo. @param key or that in DER */
export function publicKeyDigest(key: KeyObject | Buffer): string {
  return hash('sha256', Buffer.isBuffer(key) ? key : key.export({ type: 'spki', format: 'der' }));
}
