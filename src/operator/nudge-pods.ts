import { API_GROUP, LABEL_COMPONENT } from '../api/names.ts';
import type { AnweddolServer } from '../api/resources.ts';
import { isNotFound } from '../kube/errors.ts';
import { keyOf } from '../kube/objects.ts';
import { Pod } from '../kube/resources.ts';
import { type Caches, type Context, INDEX_BY_SERVER } from './context.ts';

/**
 * Makes kubelets renew what is mounted into the server pods now: they do so when a pod changes, and else a minute or two
 * after the Secret or ConfigMap did. Writes nothing where the pods are marked with this digest already.
 * @param what the mark: `settings`, `access-tokens`
 * @param digest of the new content
 * @param madeBefore only pods that were made before this (milliseconds): later ones were given the new content. Default: all
 */
export async function nudgePods(
  server: AnweddolServer,
  what: string,
  digest: string,
  { kube, caches }: Pick<Context, 'kube'> & { caches: Pick<Caches, 'pods'> },
  signal: AbortSignal,
  madeBefore = Number.POSITIVE_INFINITY,
): Promise<void> {
  const mark = `${API_GROUP}/mounted-${what}`;
  const pods = caches.pods.byIndex(INDEX_BY_SERVER, keyOf(server.metadata)).filter(({ metadata }) => {
    const isServer = metadata.labels?.[LABEL_COMPONENT] === 'server';
    const isOld = !(Date.parse(metadata.creationTimestamp ?? '') >= madeBefore);
    return isServer && isOld && !metadata.deletionTimestamp && metadata.annotations?.[mark] !== digest;
  });
  await Promise.all(
    pods.map(async ({ metadata }) => {
      try {
        await kube.mergePatch(Pod, metadata, { metadata: { annotations: { [mark]: digest } } }, { signal });
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    }),
  );
}
