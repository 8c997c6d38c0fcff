import type { AnweddolServer } from '../../api/resources.ts';
import type { Secret } from '../../kube/resources.ts';
import { isOwnedBy, ownedMetadata } from '../desired/ownership.ts';
import { SECRET_TYPE_TLS } from './read-certificate.ts';

/** cert-manager's: for which Certificate it made a Secret. It owns none of them. */
const ANNOTATION_CERTIFICATE = 'cert-manager.io/certificate-name';

/** A certificate that the operator has signed, and its key, as PEM. */
export function certificateSecret(
  server: AnweddolServer,
  name: string,
  pair: { certificatePem: string; privatePem: string },
): Secret {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: ownedMetadata(server, name),
    type: SECRET_TYPE_TLS,
    data: { 'tls.crt': base64(pair.certificatePem), 'tls.key': base64(pair.privatePem) },
  };
}

/** Whether the Secret was made for this server: by the operator, or by cert-manager for the Certificate of this name. */
export function isMadeSecret(server: AnweddolServer, secret: Secret): boolean {
  const { name, annotations } = secret.metadata;
  return isOwnedBy(server, secret) || annotations?.[ANNOTATION_CERTIFICATE] === name;
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
