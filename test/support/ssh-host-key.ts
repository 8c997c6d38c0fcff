import { generateKeyPairSync } from 'node:crypto';

/**
 * A host key in a form that ssh2 reads. Not by `ssh2.utils`: one in 360 of the Ed25519 keys that ssh2 1.17.0 makes is
 * malformed, as it says itself.
 */
export function newHostKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: 'sec1', format: 'pem' }).toString();
}
