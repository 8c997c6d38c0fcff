import type { V1DeploymentStatus } from '@kubernetes/client-node';
import type { Json } from '../../../kube/objects.ts';
import type { Deployment, ReplicaSet } from '../../../kube/resources.ts';
import { rolloutLimits } from './rollout.ts';

type Status = Json<V1DeploymentStatus>;
type Condition = NonNullable<Status['conditions']>[number];

/** The status of a Deployment from those of its ReplicaSets. */
export function deploymentStatus(deployment: Deployment, current: ReplicaSet, sets: ReplicaSet[], now: string): Status {
  const count = (field: 'replicas' | 'readyReplicas' | 'availableReplicas' | 'terminatingReplicas', of = sets) =>
    of.reduce((total, { status }) => total + (status?.[field] ?? 0), 0);
  const { replicas, unavailable } = rolloutLimits(deployment);
  const updatedReplicas = count('replicas', [current]);
  const availableReplicas = count('availableReplicas');
  const total = count('replicas');
  const isComplete = updatedReplicas === replicas && total === replicas && availableReplicas >= replicas;
  const isAvailable = availableReplicas >= replicas - unavailable;
  const available = isAvailable
    ? ['True', 'MinimumReplicasAvailable', 'Deployment has minimum availability.']
    : ['False', 'MinimumReplicasUnavailable', 'Deployment does not have minimum availability.'];
  const name = current.metadata.name;
  const progressing = isComplete
    ? ['True', 'NewReplicaSetAvailable', `ReplicaSet "${name}" has successfully progressed.`]
    : ['True', 'ReplicaSetUpdated', `ReplicaSet "${name}" is progressing.`];
  return {
    observedGeneration: deployment.metadata.generation ?? 0,
    replicas: total,
    updatedReplicas,
    readyReplicas: count('readyReplicas'),
    availableReplicas,
    unavailableReplicas: Math.max(0, total - availableReplicas),
    terminatingReplicas: count('terminatingReplicas'),
    conditions: [
      condition(deployment, 'Available', available, now),
      condition(deployment, 'Progressing', progressing, now),
    ],
  };
}

function condition(deployment: Deployment, type: string, told: string[], now: string): Condition {
  const [status = '', reason = '', message = ''] = told;
  const before = deployment.status?.conditions?.find((one) => one.type === type);
  const same = before?.status === status && before.reason === reason && before.message === message;
  return {
    type,
    status,
    reason,
    message,
    lastTransitionTime: before?.status === status ? (before.lastTransitionTime ?? now) : now,
    lastUpdateTime: same ? (before.lastUpdateTime ?? now) : now,
  };
}
