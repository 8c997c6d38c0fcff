import { isDeepStrictEqual } from 'node:util';
import type { KubeClient } from '../../../kube/client.ts';
import { isAlreadyExists, isNotFound } from '../../../kube/errors.ts';
import { nameOf } from '../../../kube/objects.ts';
import { Deployment, ReplicaSet } from '../../../kube/resources.ts';
import { done, type Outcome } from '../../../runtime/outcome.ts';
import { controllerOf } from '../owner.ts';
import { deploymentStatus } from './deployment-status.ts';
import { ANNOTATION_REVISION, newReplicaSet, revisionOf, setAnnotations, templateHash } from './replica-set.ts';
import { nextCounts, rolloutLimits } from './rollout.ts';

const DEFAULT_HISTORY = 10;

/** Makes the ReplicaSet of a Deployment's template and moves the replicas to it, step by step. */
export async function reconcileDeployment(
  key: string,
  client: KubeClient,
  now: () => string,
  signal: AbortSignal,
): Promise<Outcome> {
  // Straight from the API server: a cache may not know yet what the last step has written.
  const deployment = await client.get(Deployment, nameOf(key), { signal });
  if (!deployment || deployment.metadata.deletionTimestamp) return done();
  const { items } = await client.list(ReplicaSet, { namespace: deployment.metadata.namespace }, { signal });
  const sets = items.filter((set) => controllerOf(set)?.uid === deployment.metadata.uid);
  const name = `${deployment.metadata.name}-${templateHash(deployment)}`;
  const current = sets.find((set) => set.metadata.name === name);
  if (!current) {
    const revision = 1 + Math.max(0, ...sets.map(revisionOf));
    await client.create(ReplicaSet, newReplicaSet(deployment, revision), { signal }).catch((error) => {
      if (!isAlreadyExists(error)) throw error;
    });
    // Its creation is a change that calls this function again.
    return done();
  }
  const old = sets.filter((set) => set !== current);
  await annotate(current, old, deployment, client, signal);
  await scale(current, old, deployment, client, signal);
  await removeHistory(old, deployment, client, signal);
  const status = deploymentStatus(deployment, current, sets, now());
  if (isDeepStrictEqual(status, { ...deployment.status })) return done();
  await client.mergePatch(Deployment, nameOf(key), { status }, { subresource: 'status', signal }).catch((error) => {
    if (!isNotFound(error)) throw error;
  });
  return done();
}

/** A template that is back counts as the newest revision. */
async function annotate(
  current: ReplicaSet,
  old: ReplicaSet[],
  deployment: Deployment,
  client: KubeClient,
  signal: AbortSignal,
): Promise<void> {
  const newest = Math.max(0, ...old.map(revisionOf));
  const revision = revisionOf(current) > newest ? revisionOf(current) : newest + 1;
  for (const set of [current, ...old]) {
    const wanted = setAnnotations(deployment, set === current ? revision : revisionOf(set));
    const annotations = Object.fromEntries(
      Object.entries(wanted).filter(([key, value]) => set.metadata.annotations?.[key] !== value),
    );
    if (Object.keys(annotations).length === 0) continue;
    await client.mergePatch(ReplicaSet, set.metadata, { metadata: { annotations } }, { signal });
  }
  if (revisionOf(deployment) === revision) return;
  const annotations = { [ANNOTATION_REVISION]: String(revision) };
  await client.mergePatch(Deployment, deployment.metadata, { metadata: { annotations } }, { signal });
}

async function scale(
  current: ReplicaSet,
  old: ReplicaSet[],
  deployment: Deployment,
  client: KubeClient,
  signal: AbortSignal,
): Promise<void> {
  if (deployment.spec?.paused) return;
  const limits = rolloutLimits(deployment);
  const count = (set: ReplicaSet) => ({
    name: set.metadata.name,
    replicas: set.spec?.replicas ?? 0,
    available: set.status?.availableReplicas ?? 0,
  });
  const isRecreated = deployment.spec?.strategy?.type === 'Recreate';
  const stillThere = old.some(({ status }) => (status?.replicas ?? 0) > 0);
  const wanted = nextCounts(count(current), old.map(count), limits);
  // Never both at a time: the new ones wait until the last of the old is gone.
  if (isRecreated && stillThere) wanted.delete(current.metadata.name);
  for (const [name, replicas] of wanted) {
    const { namespace } = deployment.metadata;
    await client.mergePatch(ReplicaSet, { namespace, name }, { spec: { replicas } }, { signal });
  }
}

async function removeHistory(old: ReplicaSet[], deployment: Deployment, client: KubeClient, signal: AbortSignal) {
  const limit = deployment.spec?.revisionHistoryLimit ?? DEFAULT_HISTORY;
  const idle = old.filter(({ spec, status }) => spec?.replicas === 0 && !status?.replicas);
  const surplus = idle.sort((a, b) => revisionOf(b) - revisionOf(a)).slice(limit);
  for (const set of surplus) {
    const { uid } = set.metadata;
    await client.delete(ReplicaSet, set.metadata, { propagation: 'Background', ...(uid && { uid }), signal });
  }
}
