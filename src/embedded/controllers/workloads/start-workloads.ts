import { keyOf, type ObjectMeta } from '../../../kube/objects.ts';
import { Deployment, type Pod, ReplicaSet } from '../../../kube/resources.ts';
import type { Store } from '../../../kube/store.ts';
import { watched } from '../../../kube/watched.ts';
import type { Participant } from '../../participant.ts';
import { timestamp } from '../../timestamp.ts';
import { controllerOf } from '../owner.ts';
import { startLoop } from '../start-loop.ts';
import { reconcileDeployment } from './reconcile-deployment.ts';
import { reconcileReplicaSet } from './reconcile-replica-set.ts';

/** Deployments make ReplicaSets, ReplicaSets make pods. */
export function startWorkloads(pods: Store<Pod>, participant: Participant): void {
  const { client, clock } = participant;
  const now = () => timestamp(clock.now());
  const deployments = startLoop('deployments', participant, (key, signal) =>
    reconcileDeployment(key, client, now, signal),
  );
  const sets = startLoop('replicasets', participant, (key, signal) => reconcileReplicaSet(key, client, clock, signal));
  watched(client, Deployment, {}, participant).onChange((deployment) => {
    if (deployment) deployments.add(keyOf(deployment.metadata));
  });
  watched(client, ReplicaSet, {}, participant).onChange((set, previous) => {
    if (set) sets.add(keyOf(set.metadata));
    addOwner(deployments, 'Deployment', set ?? previous);
  });
  pods.onChange((pod, previous) => addOwner(sets, 'ReplicaSet', pod ?? previous));
}

function addOwner(
  queue: { add(key: string): void },
  kind: string,
  object: { apiVersion: string; kind: string; metadata: ObjectMeta } | undefined,
): void {
  const owner = object && controllerOf(object);
  if (owner?.kind === kind) queue.add(keyOf({ namespace: object?.metadata.namespace, name: owner.name }));
}
