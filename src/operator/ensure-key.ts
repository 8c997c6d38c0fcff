import { createHash, createPublicKey, generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import type { AnweddolServer } from '../api/resources.ts';
import type { KubeClient } from '../kube/client.ts';
import { isAlreadyExists } from '../kube/errors.ts';
import { Secret } from '../kube/resources.ts';
import { keySecret } from './desired/key-secret.ts';

const KEY_BITS = 4096;

/**
 * The server's public key, from its Secret, which is made when there is none. The operator has no cache of Secrets, so
 * this asks for the one Secret by name.
 * @returns SHA-256 of the DER SubjectPublicKeyInfo, hex
 * @throws TypeError when the Secret holds no public key
 */
export async function ensureKey(server: AnweddolServer, kube: KubeClient, signal: AbortSignal): Promise<string> {
  const name = keySecret(server, { privatePem: '', publicPem: '' }).metadata;
  const existing = await kube.get(Secret, name, { signal });
  if (existing)
    return fingerprint(Buffer.from(existing.data?.['public.pem'] ?? '', 'base64').toString('utf8'), name.name);
  const pair = await promisify(generateKeyPair)('rsa', {
    modulusLength: KEY_BITS,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const made = keySecret(server, { privatePem: pair.privateKey, publicPem: pair.publicKey });
  try {
    await kube.create(Secret, made, { signal });
  } catch (error) {
    // Another operator was faster: its key is the server's.
    if (isAlreadyExists(error)) return ensureKey(server, kube, signal);
    throw error;
  }
  return fingerprint(pair.publicKey, name.name);
}

function fingerprint(publicPem: string, secretName: string): string {
  try {
    const der = createPublicKey(publicPem).export({ type: 'spki', format: 'der' });
    return createHash('sha256').update(der).digest('hex');
  } catch (cause) {
    throw new TypeError(`Secret ${secretName} holds no public key under public.pem`, { cause });
  }
}
