/** The conditions that virt-controller keeps on a machine. */
import type { Pod, VirtualMachineInstance } from '../../../kube/resources.ts';
import type { MachineStatus } from '../../node/machines/with-phase.ts';

type Condition = NonNullable<MachineStatus['conditions']>[number];
type Told = Pick<Condition, 'type' | 'status'> & { reason?: string | undefined; message?: string | undefined };

const PULL_FAILURES = new Set(['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName']);

export function machineConditions(vmi: VirtualMachineInstance, pod: Pod | undefined, now: string): Condition[] {
  const told = [ready(vmi, pod), ...scheduled(pod), ...synchronized(vmi, pod)];
  const known = new Set(['Ready', 'PodScheduled', 'Synchronized']);
  const others = (vmi.status?.conditions ?? []).filter(({ type }) => !known.has(type));
  return [...others, ...told.map((one) => condition(one, vmi.status?.conditions, now))];
}

/** Once the guest runs, its readiness is its pod's. */
function ready(vmi: VirtualMachineInstance, pod: Pod | undefined): Told {
  const unready = (reason: string, message: string): Told => ({ type: 'Ready', status: 'False', reason, message });
  if (!pod) return unready('PodNotExists', 'virt-launcher pod has not yet been scheduled');
  if (pod.metadata.deletionTimestamp) return unready('PodTerminating', 'virt-launcher pod is terminating');
  if (vmi.status?.phase !== 'Running') return unready('GuestNotRunning', 'Guest VM is not reported as running');
  const own = pod.status?.conditions?.find(({ type }) => type === 'Ready');
  if (!own) return unready('PodConditionMissing', 'virt-launcher pod is missing the Ready condition');
  return { type: 'Ready', status: own.status, reason: own.reason, message: own.message };
}

function scheduled(pod: Pod | undefined): Told[] {
  const own = pod?.status?.conditions?.find(({ type }) => type === 'PodScheduled');
  if (own?.status !== 'False') return [];
  return [{ type: 'PodScheduled', status: 'False', reason: own.reason, message: own.message }];
}

function synchronized(vmi: VirtualMachineInstance, pod: Pod | undefined): Told[] {
  const before = vmi.status?.conditions?.find(({ type }) => type === 'Synchronized');
  const statuses = [...(pod?.status?.initContainerStatuses ?? []), ...(pod?.status?.containerStatuses ?? [])];
  const waiting = statuses.map(({ state }) => state?.waiting).find((one) => PULL_FAILURES.has(one?.reason ?? ''));
  if (waiting) return [{ type: 'Synchronized', status: 'False', reason: waiting.reason, message: waiting.message }];
  return before && !PULL_FAILURES.has(before.reason ?? '') ? [{ ...before }] : [];
}

function condition(told: Told, all: Condition[] | undefined, now: string): Condition {
  const before = all?.find(({ type }) => type === told.type);
  const { type, status, reason, message } = told;
  return {
    type,
    status,
    lastTransitionTime: before?.status === status ? (before.lastTransitionTime ?? now) : now,
    ...(reason && { reason }),
    ...(message && { message }),
  };
}
