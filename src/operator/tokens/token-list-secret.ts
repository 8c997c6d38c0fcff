import { createHash } from 'node:crypto';
import { API_GROUP, SECRET_TYPE_TOKEN_LIST } from '../../api/names.ts';
import { AnweddolServer } from '../../api/resources.ts';
import type { Secret } from '../../kube/resources.ts';
import { ownedMetadata } from '../desired/ownership.ts';
import { tokenListName } from './token-list-name.ts';

const FILE = 'tokens.json';

/** On the list: since when pods may have an older one mounted. Absent: there was none before. */
const ANNOTATION_CHANGED_AT = `${API_GROUP}/changed-at`;

/** What is stored as the list of a server. */
export interface StoredTokenList {
  digest: string;
  /** Milliseconds; undefined when no pod can have an older one. */
  changedAt: number | undefined;
}

export function tokenListSecret(server: AnweddolServer, content: string, changedAt: number | undefined): Secret {
  const metadata = ownedMetadata(server, tokenListName(server));
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      ...metadata,
      ...(changedAt !== undefined && { annotations: { [ANNOTATION_CHANGED_AT]: new Date(changedAt).toISOString() } }),
    },
    type: SECRET_TYPE_TOKEN_LIST,
    data: { [FILE]: Buffer.from(content).toString('base64') },
  };
}

/** Undefined when the Secret was not made for this server. */
export function storedTokenList({ type, metadata, data }: Secret, server: AnweddolServer): StoredTokenList | undefined {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller);
  if (type !== SECRET_TYPE_TOKEN_LIST || owner?.uid !== server.metadata.uid) return undefined;
  const changedAt = Date.parse(metadata.annotations?.[ANNOTATION_CHANGED_AT] ?? '');
  return {
    digest: listDigest(Buffer.from(data?.[FILE] ?? '', 'base64').toString()),
    changedAt: Number.isNaN(changedAt) ? undefined : changedAt,
  };
}

/** Whether it was the list of an earlier server of this name, and is about to go as that has gone. */
export function isListOfEarlier({ type, metadata }: Secret, server: AnweddolServer): boolean {
  const owner = metadata.ownerReferences?.find(({ controller }) => controller);
  return (
    type === SECRET_TYPE_TOKEN_LIST &&
    owner?.kind === AnweddolServer.kind &&
    owner.name === server.metadata.name &&
    owner.uid !== server.metadata.uid
  );
}

export function listDigest(content: string): string {
  return createHash('sha256').update(content).digest('hex');
}
