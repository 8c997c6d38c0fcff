import { createHash, createPublicKey, generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import type { AnweddolServer } from '../../api/resources.ts';
import type { KubeClient } from '../../kube/client.ts';
import { isAlreadyExists } from '../../kube/errors.ts';
import { Secret } from '../../kube/resources.ts';
import type { Finding } from '../conditions.ts';
import type { Context } from '../context.ts';
import type { Observed } from '../observe.ts';
import { keySecret } from './key-secret.ts';

/** The RSA identity of a server. Without `secretName` and not onetime, there is none yet: no server pod can start. */
export interface KeyFinding extends Finding {
  /** The Secret to mount. Absent for a onetime key. */
  secretName?: string;
  /** Of the public key: SHA-256 of its DER SubjectPublicKeyInfo, hex. Absent for a onetime key. */
  sha256?: string;
  /** The key before, while server pods still have it. */
  previous?: { sha256: string; secretName: string };
}

/**
 * The server's public key, from its Secret, which is made when there is none. The operator has no cache of Secrets, so
 * this asks for the one Secret by name.
 */
export async function ensureKey(
  server: AnweddolServer,
  _observed: Observed,
  { kube }: Context,
  signal: AbortSignal,
): Promise<KeyFinding> {
  const secretName = keySecret(server, { privatePem: '', publicPem: '' }).metadata.name;
  const sha256 = await fingerprintOf(server, kube, signal);
  return { status: 'True', reason: 'KeyPresent', message: `the key is in Secret ${secretName}`, secretName, sha256 };
}

async function fingerprintOf(server: AnweddolServer, kube: KubeClient, signal: AbortSignal): Promise<string> {
  const name = keySecret(server, { privatePem: '', publicPem: '' }).metadata;
  const existing = await kube.get(Secret, name, { signal });
  if (existing)
    return fingerprint(Buffer.from(existing.data?.['public.pem'] ?? '', 'base64').toString('utf8'), name.name);
  const pair = await promisify(generateKeyPair)('rsa', {
    modulusLength: server.spec.keys.bits,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const made = keySecret(server, { privatePem: pair.privateKey, publicPem: pair.publicKey });
  try {
    await kube.create(Secret, made, { signal });
  } catch (error) {
    // Another operator was faster: its key is the server's.
    if (isAlreadyExists(error)) return fingerprintOf(server, kube, signal);
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
