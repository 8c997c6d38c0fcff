import { Pod, type VirtualMachineInstance } from '../../../kube/resources.ts';
import type { Participant } from '../../participant.ts';
import { timestamp } from '../../timestamp.ts';
import { LABEL_NODE, READINESS_GATE } from './names.ts';

const FIELD_MANAGER = 'virt-controller';

/** What virt-controller keeps telling a launcher pod of its machine: its node, and that it is not paused. */
export async function syncLauncher(vmi: VirtualMachineInstance, pod: Pod, participant: Participant): Promise<void> {
  const { client, clock, signal } = participant;
  const { name, namespace = '', uid = '', labels } = pod.metadata;
  const node = vmi.metadata.labels?.[LABEL_NODE];
  if (node && labels?.[LABEL_NODE] !== node) {
    await client.mergePatch(Pod, pod.metadata, { metadata: { uid, labels: { [LABEL_NODE]: node } } }, { signal });
  }
  const isTold = pod.status?.conditions?.some(({ type, status }) => type === READINESS_GATE && status === 'True');
  if (isTold) return;
  const now = timestamp(clock.now());
  const condition = {
    ...{ type: READINESS_GATE, status: 'True', reason: 'NotPaused', message: 'the virtual machine is not paused' },
    ...{ lastProbeTime: now, lastTransitionTime: now },
  };
  const told = {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace, uid },
    status: { conditions: [condition] },
  };
  await client.apply(Pod, told, { fieldManager: FIELD_MANAGER, force: true, subresource: 'status', signal });
}
