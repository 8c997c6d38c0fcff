/** What people lay beside a server for it to use. */
import { generateKeyPairSync } from 'node:crypto';
import { Secret } from '../../../src/kube/resources.ts';
import { newAuthority } from '../../support/test-certificates.ts';
import type { Scene } from '../ground/scene.ts';

export const GIVEN = { key: 'given-key', pair: 'given-pair', word: 'given-word' } as const;

/** A key, a certificate, and the password of a bootstrap user. They stay when the server goes. */
export async function layGiven({ ground, namespace, ambient, signal }: Scene): Promise<void> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const pair = newAuthority('given').issue('lab.example');
  const secrets: [string, Record<string, string>, string?][] = [
    [GIVEN.key, { 'private.pem': privateKey.export({ type: 'pkcs8', format: 'pem' }).toString() }],
    [GIVEN.pair, { 'tls.crt': pair.cert, 'tls.key': pair.key }, 'kubernetes.io/tls'],
    [GIVEN.word, { password: 'a word that is given' }],
  ];
  for (const [name, stringData, type = 'Opaque'] of secrets) {
    const secret: Secret = { apiVersion: 'v1', kind: 'Secret', metadata: { namespace, name }, type, stringData };
    const { metadata } = await ground.admin.create(Secret, secret, { signal });
    if (metadata.uid) ambient.add(metadata.uid);
  }
}
