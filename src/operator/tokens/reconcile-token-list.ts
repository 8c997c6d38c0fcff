import { FIELD_MANAGER } from '../../api/names.ts';
import type { AnweddolServer } from '../../api/resources.ts';
import { AccessTokens } from '../../api/server/access.ts';
import { referenceTo } from '../../kube/event-sink.ts';
import { keyOf } from '../../kube/objects.ts';
import { Secret } from '../../kube/resources.ts';
import { again, done, type Outcome } from '../../runtime/outcome.ts';
import { INDEX_BY_SERVER } from '../context.ts';
import { nudgePods } from '../nudge-pods.ts';
import { hasWaitingPod, isListMounted, isListRead } from './list-mounts.ts';
import type { TokenContext } from './token-context.ts';
import { compileTokenList } from './token-list.ts';
import { tokenListName } from './token-list-name.ts';
import { isListOfEarlier, listDigest, storedTokenList, tokenListSecret } from './token-list-secret.ts';
import type { KnownTokenList, TokenLists } from './token-lists.ts';

/** Nothing tells of a Secret: one that pods may wait for is looked at again after this. */
const SECRET_AGAIN_MS = 60_000;
/** A pod that started this long after a change may still have been given what its kubelet knew before. */
const KUBELET_LAG_MS = 30_000;

/** Keeps the list of tokens that one server accepts, also while the server is paused: a token that is revoked is so at once. */
export async function reconcileTokenList(
  key: string,
  context: TokenContext,
  lists: TokenLists,
  signal: AbortSignal,
): Promise<Outcome> {
  const server = context.caches.servers.get(key);
  if (!server || server.metadata.deletionTimestamp) {
    lists.drop(key);
    return done(); // the list is owned by the server and goes with it
  }
  const { success, data } = AccessTokens.safeParse(server.spec.accessTokens);
  if (!success) return done(); // the status of the server says so
  return data.required ? keepList(server, context, lists, signal) : removeList(server, context, lists, signal);
}

async function keepList(
  server: AnweddolServer,
  context: TokenContext,
  lists: TokenLists,
  signal: AbortSignal,
): Promise<Outcome> {
  const { caches, clock, log } = context;
  const key = keyOf(server.metadata);
  const { content, listed, leftOut } = compileTokenList(caches.tokens.byIndex(INDEX_BY_SERVER, key));
  if (lists.leaveOut(key, new Set(leftOut.map(({ metadata }) => keyOf(metadata)))) && leftOut.length > 0) {
    log.warn({ server: key, listed, leftOut: leftOut.length }, 'not all access tokens have room in the list');
  }
  const isWaiting = hasWaitingPod(server, caches);
  const known = await knownList(server, isWaiting, context, lists, signal);
  if (!known) return again(SECRET_AGAIN_MS);
  const digest = listDigest(content);
  let changedAt = known.list?.changedAt;
  if (known.list?.digest !== digest) {
    const isFirst = !known.list && !isListRead(server, caches);
    changedAt = isFirst ? undefined : clock.now();
    await writeList(server, { content, changedAt }, context, lists, signal);
    log.info({ server: key, listed }, 'access tokens of a server written');
  }
  if (changedAt !== undefined) {
    await nudgePods(server, 'access-tokens', digest, context, signal, changedAt + KUBELET_LAG_MS);
  }
  return isWaiting ? again(SECRET_AGAIN_MS) : done();
}

async function removeList(
  server: AnweddolServer,
  context: TokenContext,
  lists: TokenLists,
  signal: AbortSignal,
): Promise<Outcome> {
  const key = keyOf(server.metadata);
  lists.leaveOut(key, new Set());
  // A pod that mounts it could not start again; when the last one is gone, this is looked at again.
  if (server.spec.paused || isListMounted(server, context.caches)) return done();
  const uid = server.metadata.uid ?? '';
  const known = lists.known(key, uid);
  if (known && !known.list) return done();
  // What was never changed has never asked for a list.
  if (server.metadata.generation === 1) return done();
  const name = { namespace: server.metadata.namespace, name: tokenListName(server) };
  const secret = await context.kube.get(Secret, name, { signal });
  if (secret?.metadata.uid && storedTokenList(secret, server)) {
    await context.kube.delete(Secret, name, { uid: secret.metadata.uid, signal });
  }
  lists.remember(key, { uid, at: context.clock.now() });
  return done();
}

/** What is stored, asked for by name where that is not known. Undefined: somebody else has the name. */
async function knownList(
  server: AnweddolServer,
  isWaiting: boolean,
  { kube, clock, log, events }: TokenContext,
  lists: TokenLists,
  signal: AbortSignal,
): Promise<KnownTokenList | undefined> {
  const key = keyOf(server.metadata);
  const uid = server.metadata.uid ?? '';
  const remembered = lists.known(key, uid);
  // A pod may wait for a list that somebody has deleted.
  const isOld = isWaiting && remembered && clock.now() - remembered.at >= SECRET_AGAIN_MS;
  if (remembered && !isOld) return remembered;
  const name = tokenListName(server);
  const secret = await kube.get(Secret, { namespace: server.metadata.namespace, name }, { signal });
  const list = secret && storedTokenList(secret, server);
  if (secret && isListOfEarlier(secret, server)) {
    await kube.delete(Secret, secret.metadata, { ...(secret.metadata.uid && { uid: secret.metadata.uid }), signal });
  } else if (secret && !list) {
    log.warn({ server: key, secret: name }, 'the name of a list of access tokens is taken');
    const note = `There is a Secret ${name} already that is not of this server: delete it.`;
    events.event(referenceTo(server), { type: 'Warning', reason: 'TokenListTaken', action: 'Reconcile', note });
    return undefined;
  }
  const known = { uid, ...(list && { list }), at: clock.now() };
  lists.remember(key, known);
  return known;
}

async function writeList(
  server: AnweddolServer,
  { content, changedAt }: { content: string; changedAt: number | undefined },
  { kube, clock }: TokenContext,
  lists: TokenLists,
  signal: AbortSignal,
): Promise<void> {
  const key = keyOf(server.metadata);
  lists.forget(key);
  const options = { fieldManager: FIELD_MANAGER, force: true, signal };
  await kube.apply(Secret, tokenListSecret(server, content, changedAt), options);
  const list = { digest: listDigest(content), changedAt };
  lists.remember(key, { uid: server.metadata.uid ?? '', list, at: clock.now() });
}
