import { SECRET_TYPE_RSA_KEY } from '../../api/names.ts';
import type { AnweddolServer } from '../../api/resources.ts';
import type { Secret } from '../../kube/resources.ts';
import { isOwnedBy, ownedMetadata } from '../desired/ownership.ts';
import type { KeyPair } from './key-pairs.ts';

/** The Secret of the key that the operator makes: another rotation is another Secret. */
export function keySecretName(server: AnweddolServer): string {
  const { rotation } = server.spec.keys;
  return rotation === 0 ? firstName(server) : `${firstName(server)}-${rotation}`;
}

/** The RSA identity of a server, PEM (PKCS#8 and SubjectPublicKeyInfo). Immutable: another key is another Secret. */
export function keySecret(server: AnweddolServer, pair: KeyPair): Secret {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: ownedMetadata(server, keySecretName(server)),
    type: SECRET_TYPE_RSA_KEY,
    immutable: true,
    stringData: { 'private.pem': pair.privatePem, 'public.pem': pair.publicPem },
  };
}

/** Whether a Secret can be one of the operator's by its name: others are not even asked for. */
export function isKeySecretName(server: AnweddolServer, name: string): boolean {
  const first = firstName(server);
  return name === first || (name.startsWith(`${first}-`) && /^[1-9]\d*$/.test(name.slice(first.length + 1)));
}

/** Whether the operator made the Secret, for this very server. */
export function isKeySecret(server: AnweddolServer, secret: Secret): boolean {
  return secret.type === SECRET_TYPE_RSA_KEY && isOwnedBy(server, secret);
}

function firstName(server: AnweddolServer): string {
  return `${server.metadata.name}-key`;
}
