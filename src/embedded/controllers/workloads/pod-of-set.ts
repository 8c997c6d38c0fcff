/** The pods of a ReplicaSet. */
import type { Pod, ReplicaSet } from '../../../kube/resources.ts';
import { controllerReference } from '../owner.ts';
import { randomSuffix } from '../random-suffix.ts';

export function podOf(set: ReplicaSet): Pod {
  const template = set.spec?.template;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name: `${set.metadata.name}-${randomSuffix()}`,
      generateName: `${set.metadata.name}-`,
      namespace: set.metadata.namespace ?? '',
      ...(template?.metadata?.labels && { labels: template.metadata.labels }),
      ...(template?.metadata?.annotations && { annotations: template.metadata.annotations }),
      ownerReferences: [controllerReference(set)],
    },
    spec: template?.spec ?? { containers: [] },
  };
}

/** Neither ending nor ended: it counts as a replica. */
export function isActive(pod: Pod): boolean {
  return !pod.metadata.deletionTimestamp && pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed';
}

/** It runs still, but not for long. */
export function isTerminating(pod: Pod): boolean {
  return !!pod.metadata.deletionTimestamp && pod.status?.phase !== 'Succeeded' && pod.status?.phase !== 'Failed';
}

export function isReady(pod: Pod): boolean {
  return pod.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True') ?? false;
}

/** When a pod has been ready for long enough to count as available, in milliseconds since the epoch. */
export function availableAt(pod: Pod, minReadySeconds: number): number | undefined {
  const ready = pod.status?.conditions?.find(({ type, status }) => type === 'Ready' && status === 'True');
  return ready && Date.parse(ready.lastTransitionTime ?? '') + minReadySeconds * 1000;
}

/** The pods that a set can spare best: those that are not ready, then the newest. */
export function sparedFirst(pods: Pod[]): Pod[] {
  const created = (pod: Pod) => Date.parse(pod.metadata.creationTimestamp ?? '') || 0;
  return [...pods].sort((a, b) => Number(isReady(a)) - Number(isReady(b)) || created(b) - created(a));
}
