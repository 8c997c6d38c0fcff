import type { ObjectMeta } from '../../../kube/objects.ts';
import { PersistentVolumeClaim, Pod, VirtualMachineInstance } from '../../../kube/resources.ts';
import { again, done, type Outcome } from '../../../runtime/outcome.ts';
import { isFinal, type MachineStatus } from '../../node/machines/with-phase.ts';
import type { Participant } from '../../participant.ts';
import { timestamp } from '../../timestamp.ts';
import { launcherPod } from './launcher-pod.ts';
import type { Hindrance } from './machine-conditions.ts';
import { FINALIZER, LABEL_CREATED_BY, LABEL_NODE, OBSERVED_VERSION } from './names.ts';
import { nextMachineStatus } from './next-machine-status.ts';
import { syncLauncher } from './sync-launcher.ts';

/** How often a claim is looked for that a machine waits for. */
const CLAIM_POLL_MS = 500;

/** Makes and ends the launcher pod of a machine, and tells of it in the machine's status. */
export async function reconcileMachine(vmi: VirtualMachineInstance, participant: Participant): Promise<Outcome> {
  const { client, clock, signal } = participant;
  const pods = await podsOf(vmi, participant);
  let pod = pods[0];
  const isNew = (vmi.status?.phase ?? 'Pending') === 'Pending';
  const isEnding = vmi.metadata.deletionTimestamp !== undefined;
  let hindrance: Hindrance | undefined;
  if (isEnding) await endPods(pods, participant);
  else if (isNew && !pod) {
    hindrance = await missingClaim(vmi, participant);
    if (!hindrance) pod = await client.create(Pod, launcherPod(vmi), { signal });
  } else if (pod) await syncLauncher(vmi, pod, participant);

  const status = nextMachineStatus(vmi, pod, timestamp(clock.now()), hindrance);
  const metadata = changedMetadata(vmi, status, pods);
  if (Object.keys(status).length > 0 || Object.keys(metadata).length > 0) {
    const { resourceVersion } = vmi.metadata;
    const patch = { metadata: { resourceVersion, ...metadata }, status };
    await client.mergePatch(VirtualMachineInstance, vmi.metadata, patch, { signal });
  }
  return hindrance ? again(CLAIM_POLL_MS) : done();
}

/** Live: a pod that was created a moment ago must not be created again. */
async function podsOf(vmi: VirtualMachineInstance, { client, signal }: Participant): Promise<Pod[]> {
  const { namespace, uid } = vmi.metadata;
  const labelSelector = `${LABEL_CREATED_BY}=${uid}`;
  const { items } = await client.list(Pod, { namespace, labelSelector }, { signal });
  return items;
}

async function endPods(pods: Pod[], { client, signal }: Participant): Promise<void> {
  for (const { metadata } of pods) {
    const { uid } = metadata;
    if (!metadata.deletionTimestamp) await client.delete(Pod, metadata, { ...(uid && { uid }), signal });
  }
}

async function missingClaim(
  { metadata, spec }: VirtualMachineInstance,
  { client, signal }: Participant,
): Promise<Hindrance | undefined> {
  const { namespace = '' } = metadata;
  for (const { persistentVolumeClaim } of spec.volumes ?? []) {
    if (!persistentVolumeClaim) continue;
    const name = persistentVolumeClaim.claimName;
    if (await client.get(PersistentVolumeClaim, { namespace, name }, { signal })) continue;
    const message = `PVC ${namespace}/${name} does not exist, waiting for it to appear`;
    return { reason: 'FailedPvcNotFound', message };
  }
  return undefined;
}

/** A machine that is over may go when its pods have gone. */
function changedMetadata(vmi: VirtualMachineInstance, status: MachineStatus, pods: Pod[]): Partial<ObjectMeta> {
  const { annotations = {}, finalizers = [] } = vmi.metadata;
  const isObserved = Object.keys(OBSERVED_VERSION).every((annotation) => annotation in annotations);
  const mayGo = isFinal(vmi) && pods.length === 0 && finalizers.includes(FINALIZER);
  return {
    ...(!isObserved && { annotations: OBSERVED_VERSION }),
    ...(status.nodeName && { labels: { [LABEL_NODE]: status.nodeName } }),
    ...(mayGo && { finalizers: finalizers.filter((finalizer) => finalizer !== FINALIZER) }),
  };
}
