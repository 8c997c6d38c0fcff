/** The conditions that virt-controller keeps on a machine. */
import type { Pod, VirtualMachineInstance } from '../../../kube/resources.ts';
import type { MachineStatus } from '../../node/machines/with-phase.ts';
import { isGoingDown } from './launcher-state.ts';

type Condition = NonNullable<MachineStatus['conditions']>[number];
/** Why a machine does not go on. */
export interface Hindrance {
  reason: string;
  message: string;
}

export interface Seen {
  /** The launcher, when there is one. */
  pod: Pod | undefined;
  hindrance: Hindrance | undefined;
  now: string;
}

/** Past Scheduling, only readiness is told: the rest is virt-handler's. */
export function machineConditions(vmi: VirtualMachineInstance, seen: Seen): Condition[] {
  const before = vmi.status?.conditions ?? [];
  const phase = vmi.status?.phase ?? 'Pending';
  const told = withReady(before, ready(vmi, seen));
  if (phase === 'Running' || phase === 'Scheduled') return told;
  return synchronized(phase === 'Pending' || phase === 'Scheduling' ? scheduled(told, seen) : told, seen);
}

function withReady(conditions: Condition[], told: Condition): Condition[] {
  const before = conditions.find(({ type }) => type === 'Ready');
  if (!before) return [...conditions, told];
  const isSame = before.status === told.status && before.reason === told.reason;
  return isSame ? conditions : conditions.map((one) => (one === before ? told : one));
}

/** Once the guest runs, its readiness is its pod's. */
function ready(vmi: VirtualMachineInstance, { pod, now }: Seen): Condition {
  const unready = (reason: string, message: string): Condition => ({
    ...{ type: 'Ready', status: 'False', reason, message, lastProbeTime: now, lastTransitionTime: now },
  });
  if (!pod) return unready('PodNotExists', 'virt-launcher pod has not yet been scheduled');
  if (isGoingDown(pod)) return unready('PodTerminating', 'virt-launcher pod is terminating');
  if (vmi.status?.phase !== 'Running') return unready('GuestNotRunning', 'Guest VM is not reported as running');
  const own = pod.status?.conditions?.find(({ type }) => type === 'Ready');
  return own ? copied(own) : unready('PodConditionMissing', 'virt-launcher pod is missing the Ready condition');
}

type PodCondition = NonNullable<NonNullable<Pod['status']>['conditions']>[number];

function copied({ type, status, reason, message, lastProbeTime, lastTransitionTime }: PodCondition): Condition {
  return {
    type,
    status,
    lastProbeTime: lastProbeTime ?? null,
    lastTransitionTime: lastTransitionTime ?? null,
    ...(reason && { reason }),
    ...(message && { message }),
  };
}

/** Whether no node takes the pod, or there can be none. */
function scheduled(conditions: Condition[], { pod, hindrance }: Seen): Condition[] {
  const others = conditions.filter(({ type }) => type !== 'PodScheduled');
  if (!pod) {
    if (!hindrance) return conditions;
    const told = { type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message: hindrance.message };
    return [...others, { ...told, lastProbeTime: null, lastTransitionTime: null }];
  }
  const own = pod.status?.conditions?.find(({ type }) => type === 'PodScheduled');
  if (own?.status !== 'False') return others;
  return others.length < conditions.length ? conditions : [...conditions, copied(own)];
}

function synchronized(conditions: Condition[], { hindrance, now }: Seen): Condition[] {
  const before = conditions.find(({ type }) => type === 'Synchronized');
  const others = conditions.filter((one) => one !== before);
  if (!hindrance) return others;
  if (before?.status === 'False' && before.reason === hindrance.reason) return conditions;
  const told = { type: 'Synchronized', status: 'False', ...hindrance };
  return [...others, { ...told, lastProbeTime: null, lastTransitionTime: now }];
}
