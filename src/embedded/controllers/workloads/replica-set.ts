/** The ReplicaSets of a Deployment. */
import { createHash } from 'node:crypto';
import type { Deployment, ReplicaSet } from '../../../kube/resources.ts';
import { controllerReference } from '../owner.ts';
import { safeEncoded } from '../random-suffix.ts';
import { rolloutLimits } from './rollout.ts';

const LABEL_HASH = 'pod-template-hash';
const ANNOTATION_PREFIX = 'deployment.kubernetes.io/';
export const ANNOTATION_REVISION = `${ANNOTATION_PREFIX}revision`;
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

const HASH_LENGTH = 10;

/** The same for the same template, whatever the order of its fields. */
export function templateHash(deployment: Deployment): string {
  const digest = createHash('sha256').update(canonical(deployment.spec?.template)).digest();
  return safeEncoded(digest.subarray(0, HASH_LENGTH));
}

/** The ReplicaSet of a Deployment's present template, without replicas as yet. */
export function newReplicaSet(deployment: Deployment, revision: number): ReplicaSet {
  const { name, namespace = '' } = deployment.metadata;
  const hash = templateHash(deployment);
  const { template, selector, minReadySeconds } = deployment.spec ?? { template: {}, selector: {} };
  const labels = { ...template.metadata?.labels, [LABEL_HASH]: hash };
  return {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name: `${name}-${hash}`,
      namespace,
      labels,
      annotations: setAnnotations(deployment, revision),
      ownerReferences: [controllerReference(deployment)],
    },
    spec: {
      replicas: 0,
      ...(minReadySeconds !== undefined && { minReadySeconds }),
      selector: { ...selector, matchLabels: { ...selector.matchLabels, [LABEL_HASH]: hash } },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
  };
}

/** What a Deployment notes on its ReplicaSets; `kubectl rollout` and autoscalers read it. */
export function setAnnotations(deployment: Deployment, revision: number): Record<string, string> {
  const { replicas, surge } = rolloutLimits(deployment);
  const own = Object.entries(deployment.metadata.annotations ?? {}).filter(
    ([key]) => !key.startsWith(ANNOTATION_PREFIX) && key !== LAST_APPLIED,
  );
  return {
    ...Object.fromEntries(own),
    [ANNOTATION_REVISION]: String(revision),
    [`${ANNOTATION_PREFIX}desired-replicas`]: String(replicas),
    [`${ANNOTATION_PREFIX}max-replicas`]: String(replicas + surge),
  };
}

export function revisionOf(set: Deployment | ReplicaSet): number {
  return Number(set.metadata.annotations?.[ANNOTATION_REVISION] ?? 0);
}

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, field: unknown) =>
    typeof field === 'object' && field !== null && !Array.isArray(field)
      ? Object.fromEntries(Object.entries(field).sort(([a], [b]) => (a < b ? -1 : 1)))
      : field,
  );
}
