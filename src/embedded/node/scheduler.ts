import { isConflict, isNotFound } from '../../kube/errors.ts';
import { keyOf } from '../../kube/objects.ts';
import { type Node, Pod } from '../../kube/resources.ts';
import type { Store } from '../../kube/store.ts';
import { runController } from '../../runtime/controller.ts';
import { done } from '../../runtime/outcome.ts';
import { WorkQueue } from '../../runtime/work-queue.ts';
import type { Participant } from '../participant.ts';

/** Whether the node has every label that the pod asks for. Anything else that a scheduler would weigh is not looked at. */
function fits(pod: Pod, node: Node): boolean {
  const labels = node.metadata.labels ?? {};
  return Object.entries(pod.spec?.nodeSelector ?? {}).every(([key, value]) => labels[key] === value);
}

function isUnscheduled(pod: Pod): boolean {
  return !pod.spec?.nodeName && !pod.metadata.deletionTimestamp && !pod.spec?.schedulingGates?.length;
}

/** Gives every pod that fits to the node, until the signal aborts. */
export async function runScheduler(pods: Store<Pod>, node: Node, participant: Participant): Promise<void> {
  const queue = new WorkQueue({ clock: participant.clock });
  pods.onChange((pod) => {
    if (pod && isUnscheduled(pod) && fits(pod, node)) queue.add(keyOf(pod.metadata));
  });
  const reconcile = async (key: string, signal: AbortSignal) => {
    const pod = pods.get(key);
    if (pod && isUnscheduled(pod)) await bind(pod, node.metadata.name, { ...participant, signal });
    return done();
  };
  await runController({ ...participant, name: 'scheduler', queue, workers: 4, reconcile, graceMs: 0 });
}

/** Gives a pod to a node. One that is gone or bound by now is nobody's loss. */
async function bind(pod: Pod, nodeName: string, { client, signal }: Participant): Promise<void> {
  const { name, namespace, uid } = pod.metadata;
  const body = {
    apiVersion: 'v1',
    kind: 'Binding',
    metadata: { name, namespace, uid },
    target: { apiVersion: 'v1', kind: 'Node', name: nodeName },
  };
  try {
    await client.createSubresource(Pod, { namespace, name }, 'binding', body, { signal });
  } catch (error) {
    if (!isNotFound(error) && !isConflict(error)) throw error;
  }
}
