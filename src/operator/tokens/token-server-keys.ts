import { AnweddolAccessTokenSpec } from '../../api/anweddol-access-token.ts';
import type { AnweddolAccessToken } from '../../api/resources.ts';
import { keyOf } from '../../kube/objects.ts';

const { serverName } = AnweddolAccessTokenSpec.shape;

/** The key of the server that a token is for, be there one or not; none where a stored spec does not say. */
export function tokenServerKeys({ metadata, spec }: AnweddolAccessToken): string[] {
  const { data } = serverName.safeParse(spec?.serverName);
  return data === undefined ? [] : [keyOf({ namespace: metadata.namespace, name: data })];
}
