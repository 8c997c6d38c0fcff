/** The Secret that a token is handed over in. */
import { FIELD_MANAGER, LABEL_MANAGED_BY, LABEL_SERVER, SECRET_TYPE_ACCESS_TOKEN } from '../../api/names.ts';
import { AnweddolAccessToken } from '../../api/resources.ts';
import type { ObjectName } from '../../kube/objects.ts';
import type { Secret } from '../../kube/resources.ts';
import { isToken } from './token-text.ts';

export function tokenSecretName({ metadata }: AnweddolAccessToken): ObjectName & { namespace: string } {
  return { namespace: metadata.namespace ?? '', name: `${metadata.name}-token` };
}

/** Immutable, and gone with its AnweddolAccessToken. */
export function tokenSecret(token: AnweddolAccessToken, text: string): Secret {
  const { apiVersion, kind, metadata, spec } = token;
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      ...tokenSecretName(token),
      labels: { [LABEL_MANAGED_BY]: FIELD_MANAGER, [LABEL_SERVER]: spec.serverName },
      ownerReferences: [
        {
          apiVersion,
          kind,
          name: metadata.name,
          uid: metadata.uid ?? '',
          controller: true,
          blockOwnerDeletion: true,
        },
      ],
    },
    type: SECRET_TYPE_ACCESS_TOKEN,
    immutable: true,
    stringData: { token: text, server: spec.serverName },
  };
}

/** The token in a Secret that was made for this resource; undefined when the Secret was not, or holds none. */
export function textIn(secret: Secret, token: AnweddolAccessToken): string | undefined {
  const owner = ownerOf(secret);
  if (secret.type !== SECRET_TYPE_ACCESS_TOKEN || !secret.immutable || owner?.uid !== token.metadata.uid)
    return undefined;
  const text = Buffer.from(secret.data?.token ?? '', 'base64').toString('latin1');
  return isToken(text) ? text : undefined;
}

/** Whether a Secret was made for an earlier resource of this name, and is about to go as that has gone. */
export function isRemainsOfEarlier(secret: Secret, token: AnweddolAccessToken): boolean {
  const owner = ownerOf(secret);
  return (
    secret.type === SECRET_TYPE_ACCESS_TOKEN &&
    owner?.kind === AnweddolAccessToken.kind &&
    owner.apiVersion === token.apiVersion &&
    owner.name === token.metadata.name &&
    owner.uid !== token.metadata.uid
  );
}

function ownerOf({ metadata }: Secret) {
  return metadata.ownerReferences?.find(({ controller }) => controller);
}
