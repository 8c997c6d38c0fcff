import { SECRET_TYPE_RSA_KEY } from '../../api/names.ts';
import type { AnweddolServer } from '../../api/resources.ts';
import type { Secret } from '../../kube/resources.ts';
import { ownedMetadata } from '../desired/ownership.ts';

/** The RSA identity of a server, PEM (PKCS#8 and SubjectPublicKeyInfo). Immutable: another key is another Secret. */
export function keySecret(server: AnweddolServer, key: { privatePem: string; publicPem: string }): Secret {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: ownedMetadata(server, `${server.metadata.name}-key`),
    type: SECRET_TYPE_RSA_KEY,
    immutable: true,
    stringData: { 'private.pem': key.privatePem, 'public.pem': key.publicPem },
  };
}
