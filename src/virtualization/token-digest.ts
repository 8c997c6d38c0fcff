import { createHash } from 'node:crypto';

/** SHA-256 of a client token, hex: all that is ever kept of it. */
export function tokenDigest(token: string): string {
  return createHash('sha256').update(token, 'utf8').digest('hex');
}
