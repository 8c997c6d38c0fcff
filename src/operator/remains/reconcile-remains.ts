import { AnweddolServer } from '../../api/resources.ts';
import { isConflict } from '../../kube/errors.ts';
import { keyOf, nameOf, type ObjectName } from '../../kube/objects.ts';
import { again, done, type Outcome } from '../../runtime/outcome.ts';
import { type Context, INDEX_BY_SERVER } from '../context.ts';
import { cachedRemains, type Remain, type RemainsCaches } from './cached-remains.ts';
import { namedRemains } from './named-remains.ts';

export type RemainsContext = Pick<Context, 'kube' | 'log'> & { caches: RemainsCaches };

/** The garbage collector has so much time, and so has whoever makes a server of this name anew, which keeps what is there. */
export const REMAINS_AFTER_MS = 30_000;
/** What has changed since it was looked at is looked at again. */
const CONFLICT_AGAIN_MS = 1_000;

/**
 * Removes what a server that is no more has left behind, where nobody else does: the garbage collector takes what names the
 * server as its owner, but not what has lost that.
 */
export async function reconcileRemains(key: string, context: RemainsContext, signal: AbortSignal): Promise<Outcome> {
  const { kube, caches } = context;
  const name = nameOf(key);
  if (caches.servers.get(key)) return done();
  const { policies, others } = cachedRemains(name, caches);
  if (policies.length + others.length === 0) return done();
  const named = await namedRemains(name, context, signal);
  // Asked live, as the cache may not know a new server yet; and last, so that nothing that was seen is of one made later.
  if (await kube.get(AnweddolServer, name, { signal })) return done();
  // What is told by the others goes before them, so that a crash in between forgets none of it.
  const isTaken = (await removeAll(named, context, signal)) && (await removeAll(others, context, signal));
  // What runs stays closed in.
  if (policies.length > 0 && isRunning(name, caches)) return again(REMAINS_AFTER_MS);
  return isTaken && (await removeAll(policies, context, signal)) ? done() : again(CONFLICT_AGAIN_MS);
}

/** @returns false when one of them has changed since it was looked at. @throws what one of them can't be removed for */
async function removeAll(remains: Remain[], { kube, log }: RemainsContext, signal: AbortSignal): Promise<boolean> {
  const remove = async ({ resource, object }: Remain): Promise<boolean> => {
    const { namespace, name, uid, resourceVersion } = object.metadata;
    if (!uid || !resourceVersion) return true;
    try {
      // What was seen is judged, and nothing else: a server made anew may have taken it over by now.
      const options = { uid, resourceVersion, propagation: 'Background', signal } as const;
      const isGoing = await kube.delete(resource, object.metadata, options);
      if (isGoing) log.info({ kind: resource.kind, namespace, name }, 'remains of a server removed');
      return true;
    } catch (error) {
      if (isConflict(error)) return false;
      throw error;
    }
  };
  const tried = await Promise.allSettled(remains.map(remove));
  const failed = tried.find((one) => one.status === 'rejected');
  if (failed) throw failed.reason;
  return tried.every((one) => one.status === 'fulfilled' && one.value);
}

function isRunning(server: ObjectName, { pods, machines }: Pick<RemainsCaches, 'pods' | 'machines'>): boolean {
  return [pods, machines].some((cache) => cache.byIndex(INDEX_BY_SERVER, keyOf(server)).length > 0);
}
