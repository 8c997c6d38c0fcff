import { isDeepStrictEqual } from 'node:util';
import type { Pod, VirtualMachineInstance } from '../../../kube/resources.ts';
import { isFinal, type MachinePhase, type MachineStatus, withPhase } from '../../node/machines/with-phase.ts';
import { machineConditions } from './machine-conditions.ts';

/** What virt-controller would write to a machine's status, seeing its launcher pod; nothing when all is said. */
export function nextMachineStatus(vmi: VirtualMachineInstance, pod: Pod | undefined, now: string): MachineStatus {
  const conditions = machineConditions(vmi, pod, now);
  const node = pod?.spec?.nodeName;
  const phase = nextPhase(vmi, pod);
  const next: MachineStatus = {
    ...(phase && withPhase(vmi.status, phase, now)),
    ...(phase === 'Scheduled' && node && { nodeName: node }),
    ...(pod?.metadata.uid && node && { activePods: { [pod.metadata.uid]: node } }),
    conditions,
  };
  const changed = Object.entries(next).filter(
    ([field, value]) => !isDeepStrictEqual(value, vmi.status?.[field as keyof MachineStatus]),
  );
  return Object.fromEntries(changed);
}

/** From Scheduled on, the phase is the node's to tell; but without a pod no machine goes on. */
function nextPhase(vmi: VirtualMachineInstance, pod: Pod | undefined): MachinePhase | undefined {
  const phase = vmi.status?.phase ?? 'Pending';
  if (isFinal(vmi)) return undefined;
  if (phase === 'Pending') return pod ? 'Scheduling' : undefined;
  const podIsOver = pod?.status?.phase === 'Succeeded' || pod?.status?.phase === 'Failed';
  // A machine that is being deleted ends by its node, or has none.
  if (!vmi.metadata.deletionTimestamp && (!pod || (podIsOver && phase !== 'Running'))) return 'Failed';
  return phase === 'Scheduling' && pod && isUp(pod) ? 'Scheduled' : undefined;
}

/** Bound and started. The compute container need not be ready: its readiness is the guest's. */
function isUp(pod: Pod): boolean {
  const statuses = pod.status?.containerStatuses ?? [];
  return (
    !pod.metadata.deletionTimestamp &&
    !!pod.spec?.nodeName &&
    pod.status?.phase === 'Running' &&
    statuses.length > 0 &&
    statuses.every(({ name, ready, state }) => (name === 'compute' ? !!state?.running : ready))
  );
}
