import { isConflict, isNotFound } from '../../kube/errors.ts';
import { keyOf } from '../../kube/objects.ts';
import { Node, Pod } from '../../kube/resources.ts';
import type { Store } from '../../kube/store.ts';
import { watched } from '../../kube/watched.ts';
import { runController } from '../../runtime/controller.ts';
import { done } from '../../runtime/outcome.ts';
import { WorkQueue } from '../../runtime/work-queue.ts';
import type { Participant } from '../participant.ts';
import { timestamp } from '../timestamp.ts';

/**
 * What keeps a pod from the only node there is, in the words of a scheduler; undefined when it fits. Labels and cordons
 * are looked at, and nothing else that a scheduler would weigh.
 */
function hindrance(pod: Pod, node: Node | undefined): string | undefined {
  if (!node) return 'no nodes available to schedule pods';
  if (node.spec?.unschedulable) return '0/1 nodes are available: 1 node(s) were unschedulable.';
  const labels = node.metadata.labels ?? {};
  const fits = Object.entries(pod.spec?.nodeSelector ?? {}).every(([key, value]) => labels[key] === value);
  return fits ? undefined : "0/1 nodes are available: 1 node(s) didn't match Pod's node affinity/selector.";
}

function isUnscheduled(pod: Pod): boolean {
  return !pod.spec?.nodeName && !pod.metadata.deletionTimestamp && !pod.spec?.schedulingGates?.length;
}

/** Gives every pod that fits to the node of this name, and tells the others why not, until the signal aborts. */
export async function runScheduler(pods: Store<Pod>, nodeName: string, participant: Participant): Promise<void> {
  const { client } = participant;
  const queue = new WorkQueue({ clock: participant.clock });
  const nodes = watched(client, Node, { fieldSelector: `metadata.name=${nodeName}` }, participant);
  const add = (pod: Pod | undefined) => {
    if (pod && isUnscheduled(pod)) queue.add(keyOf(pod.metadata));
  };
  pods.onChange(add);
  nodes.onChange((node, previous) => {
    const isNews = !previous || !node || node.spec?.unschedulable !== previous.spec?.unschedulable;
    if (isNews) for (const pod of pods.list()) add(pod);
  });
  const reconcile = async (key: string, signal: AbortSignal) => {
    const pod = pods.get(key);
    if (!pod || !isUnscheduled(pod) || !nodes.hasSynced) return done();
    const why = hindrance(pod, nodes.get(nodeName));
    if (why === undefined) await bind(pod, nodeName, { ...participant, signal });
    else await tell(pod, why, { ...participant, signal });
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

/** Writes into the pod why no node takes it, once. */
async function tell(pod: Pod, message: string, { client, clock, signal }: Participant): Promise<void> {
  const conditions = pod.status?.conditions ?? [];
  const before = conditions.find(({ type }) => type === 'PodScheduled');
  if (before?.status === 'False' && before.message === message) return;
  const told = {
    type: 'PodScheduled',
    status: 'False',
    reason: 'Unschedulable',
    message,
    lastTransitionTime: timestamp(clock.now()),
  };
  const others = conditions.filter((condition) => condition !== before);
  try {
    const patch = { metadata: { uid: pod.metadata.uid }, status: { conditions: [...others, told] } };
    await client.mergePatch(Pod, pod.metadata, patch, { subresource: 'status', signal });
  } catch (error) {
    if (!isNotFound(error) && !isConflict(error)) throw error;
  }
}
