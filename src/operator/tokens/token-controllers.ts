import { LABEL_COMPONENT } from '../../api/names.ts';
import type { AnweddolServer } from '../../api/resources.ts';
import { type KubeObject, keyOf } from '../../kube/objects.ts';
import type { Pod } from '../../kube/resources.ts';
import type { Outcome } from '../../runtime/outcome.ts';
import { type Watch, watch } from '../../runtime/watch.ts';
import { serverKeyOf } from '../caches.ts';
import { INDEX_BY_SERVER } from '../context.ts';
import { reconcileToken } from './reconcile-token.ts';
import { reconcileTokenList } from './reconcile-token-list.ts';
import type { TokenContext } from './token-context.ts';
import { TokenLists } from './token-lists.ts';
import { tokenServerKeys } from './token-server-keys.ts';

interface TokenController {
  name: string;
  watches: Watch[];
  reconcile(key: string, context: TokenContext, signal: AbortSignal): Promise<Outcome>;
}

/** One for the tokens, and one for the lists of them that servers are given. */
export function tokenControllers({
  caches,
}: {
  caches: Pick<TokenContext['caches'], 'servers' | 'tokens' | 'pods' | 'deployments'>;
}): TokenController[] {
  const { servers, tokens, pods, deployments } = caches;
  const lists = new TokenLists();
  const tokensOf = (server: AnweddolServer) => tokens.byIndex(INDEX_BY_SERVER, keyOf(server.metadata)).flatMap(ownKey);
  return [
    {
      name: 'token',
      watches: [watch(tokens, ownKey), watch(servers, tokensOf, { when: isOtherForTokens }), lists.watch()],
      reconcile: (key, context, signal) => reconcileToken(key, context, lists, signal),
    },
    {
      name: 'token-list',
      watches: [
        watch(servers, ownKey, { when: isOtherForList }),
        watch(tokens, tokenServerKeys),
        watch(pods, serverKey, { when: (pod, before) => isServerPod(pod ?? before) }),
        watch(deployments, serverKey),
      ],
      reconcile: (key, context, signal) => reconcileTokenList(key, context, lists, signal),
    },
  ];
}

/** A server says much in its status, and there may be thousands of tokens. */
function isOtherForTokens(current: AnweddolServer | undefined, previous: AnweddolServer | undefined): boolean {
  const required = (server: AnweddolServer | undefined) => server?.spec.accessTokens?.required;
  return !current || !previous || required(current) !== required(previous);
}

/** A list is long, and what the status of a server says changes with each of its containers. */
function isOtherForList(current: AnweddolServer | undefined, previous: AnweddolServer | undefined): boolean {
  const { metadata: now } = current ?? {};
  const { metadata: before } = previous ?? {};
  return now?.uid !== before?.uid || now?.generation !== before?.generation || now?.deletionTimestamp !== undefined;
}

const isServerPod = (pod?: Pod): boolean => pod?.metadata.labels?.[LABEL_COMPONENT] === 'server';

const ownKey = (object: KubeObject): string[] => [keyOf(object.metadata)];

function serverKey(object: KubeObject): string[] {
  const key = serverKeyOf(object);
  return key ? [key] : [];
}
