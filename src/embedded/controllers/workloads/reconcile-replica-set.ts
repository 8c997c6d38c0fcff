import { isDeepStrictEqual } from 'node:util';
import type { KubeClient } from '../../../kube/client.ts';
import { isNotFound } from '../../../kube/errors.ts';
import { nameOf } from '../../../kube/objects.ts';
import { Pod, ReplicaSet } from '../../../kube/resources.ts';
import type { Clock } from '../../../runtime/clock.ts';
import { again, done, type Outcome } from '../../../runtime/outcome.ts';
import { controllerOf } from '../owner.ts';
import { availableAt, isActive, isReady, isTerminating, podOf, sparedFirst } from './pod-of-set.ts';

/** Makes or deletes pods until a ReplicaSet has as many as it asks for, and counts them in its status. */
export async function reconcileReplicaSet(
  key: string,
  client: KubeClient,
  clock: Clock,
  signal: AbortSignal,
): Promise<Outcome> {
  const set = await client.get(ReplicaSet, nameOf(key), { signal });
  if (!set || set.metadata.deletionTimestamp) return done();
  const { items } = await client.list(Pod, { namespace: set.metadata.namespace }, { signal });
  const own = items.filter((pod) => controllerOf(pod)?.uid === set.metadata.uid);
  const pods = own.filter(isActive);
  const wanted = set.spec?.replicas ?? 1;
  for (let count = pods.length; count < wanted; count++) await client.create(Pod, podOf(set), { signal });
  for (const pod of sparedFirst(pods).slice(0, Math.max(0, pods.length - wanted))) {
    const { uid } = pod.metadata;
    await client.delete(Pod, pod.metadata, { ...(uid && { uid }), signal });
  }

  const minReadySeconds = set.spec?.minReadySeconds ?? 0;
  const times = pods.flatMap((pod) => availableAt(pod, minReadySeconds) ?? []);
  const later = times.filter((time) => time > clock.now());
  const status = {
    observedGeneration: set.metadata.generation ?? 0,
    replicas: pods.length,
    fullyLabeledReplicas: pods.length,
    readyReplicas: pods.filter(isReady).length,
    availableReplicas: times.length - later.length,
    terminatingReplicas: own.filter(isTerminating).length,
  };
  if (!isDeepStrictEqual(status, { ...set.status })) {
    await client.mergePatch(ReplicaSet, nameOf(key), { status }, { subresource: 'status', signal }).catch((error) => {
      if (!isNotFound(error)) throw error;
    });
  }
  return later.length > 0 ? again(Math.min(...later) - clock.now()) : done();
}
