import { isConflict, isNotFound } from '../../../kube/errors.ts';
import { keyOf, nameOf, type ObjectName } from '../../../kube/objects.ts';
import { Pod, VirtualMachineInstance } from '../../../kube/resources.ts';
import { watched } from '../../../kube/watched.ts';
import { again, done, type Outcome } from '../../../runtime/outcome.ts';
import type { Participant } from '../../participant.ts';
import { timestamp } from '../../timestamp.ts';
import { controllerOf } from '../owner.ts';
import { startLoop } from '../start-loop.ts';
import { launcherPod } from './launcher-pod.ts';
import { FINALIZER, LABEL_CREATED_BY, LABEL_NODE } from './names.ts';
import { nextMachineStatus } from './next-machine-status.ts';

/** Somebody else wrote in between: what they wrote is on its way. */
const CONFLICT_RETRY_MS = 20;

/** A stand-in for KubeVirt's virt-controller, for machines that run from their first start to their end on one node. */
export function startVirtController(participant: Participant): void {
  const { client } = participant;
  const queue = startLoop('virt-controller', participant, async (key, signal) => {
    try {
      return await reconcileMachine(nameOf(key), { ...participant, signal });
    } catch (error) {
      if (isConflict(error)) return again(CONFLICT_RETRY_MS);
      if (isNotFound(error)) return done();
      throw error;
    }
  });
  watched(client, VirtualMachineInstance, {}, participant).onChange((vmi) => vmi && queue.add(keyOf(vmi.metadata)));
  const query = { labelSelector: 'kubevirt.io=virt-launcher' };
  watched(client, Pod, query, participant).onChange((pod, previous) => {
    const one = pod ?? previous;
    const owner = one && controllerOf(one);
    if (owner) queue.add(keyOf({ namespace: one.metadata.namespace, name: owner.name }));
  });
}

async function reconcileMachine(name: ObjectName, participant: Participant): Promise<Outcome> {
  const { client, clock, signal } = participant;
  const vmi = await client.get(VirtualMachineInstance, name, { signal });
  if (!vmi) return done();
  const pods = await podsOf(vmi, participant);
  if (vmi.metadata.deletionTimestamp) return endMachine(vmi, pods, participant);

  const isNew = (vmi.status?.phase ?? 'Pending') === 'Pending';
  // Its creation is a change that calls this function again.
  if (isNew && pods.length === 0) await client.create(Pod, launcherPod(vmi), { signal });
  const pod = pods[0];
  const status = nextMachineStatus(vmi, pod, timestamp(clock.now()));
  if (Object.keys(status).length === 0) return done();
  const labels = status.nodeName && { [LABEL_NODE]: status.nodeName };
  const { resourceVersion } = vmi.metadata;
  const metadata = { resourceVersion, ...(labels && { labels }) };
  await client.mergePatch(VirtualMachineInstance, name, { metadata, status }, { signal });
  return done();
}

/** Live: a pod that was created a moment ago must not be created again. */
async function podsOf(vmi: VirtualMachineInstance, { client, signal }: Participant): Promise<Pod[]> {
  const { namespace, uid } = vmi.metadata;
  const labelSelector = `${LABEL_CREATED_BY}=${uid}`;
  const { items } = await client.list(Pod, { namespace, labelSelector }, { signal });
  return items;
}

/** The pods go first, then the machine may. */
async function endMachine(vmi: VirtualMachineInstance, pods: Pod[], participant: Participant): Promise<Outcome> {
  const { client, clock, signal } = participant;
  for (const { metadata } of pods) {
    const { uid } = metadata;
    if (!metadata.deletionTimestamp) await client.delete(Pod, metadata, { ...(uid && { uid }), signal });
  }
  const { resourceVersion, finalizers = [] } = vmi.metadata;
  if (pods.length > 0) {
    const status = nextMachineStatus(vmi, pods[0], timestamp(clock.now()));
    if (Object.keys(status).length === 0) return done();
    await client.mergePatch(
      VirtualMachineInstance,
      vmi.metadata,
      { metadata: { resourceVersion }, status },
      { signal },
    );
    return done();
  }
  if (!finalizers.includes(FINALIZER)) return done();
  const rest = finalizers.filter((finalizer) => finalizer !== FINALIZER);
  const patch = { metadata: { resourceVersion, finalizers: rest } };
  await client.mergePatch(VirtualMachineInstance, vmi.metadata, patch, { signal });
  return done();
}
