import type { AnweddolServer } from '../api/resources.ts';
import { Deployment } from '../kube/resources.ts';
import type { Context } from './context.ts';

/**
 * Gives the Deployment that is there the number of server pods that is asked for, and nothing else: fewer or more of the
 * same need nothing of what others would be told or mount.
 */
export async function scalePods(
  server: AnweddolServer,
  stored: Deployment | undefined,
  { kube }: Pick<Context, 'kube'>,
  signal: AbortSignal,
): Promise<void> {
  const { replicas } = server.spec;
  if (!stored || stored.metadata.deletionTimestamp || stored.spec?.replicas === replicas) return;
  await kube.mergePatch(Deployment, stored.metadata, { spec: { replicas } }, { signal });
}
