import type { VirtualMachineInstance } from '../../../kube/resources.ts';

export type MachineStatus = NonNullable<VirtualMachineInstance['status']>;
export type MachinePhase = 'Pending' | 'Scheduling' | 'Scheduled' | 'Running' | 'Succeeded' | 'Failed';

/** What must be written to the status of a machine that enters a phase; nothing when it is in it already. */
export function withPhase(status: MachineStatus | undefined, phase: MachinePhase, now: string): MachineStatus {
  if (status?.phase === phase) return {};
  const before = (status?.phaseTransitionTimestamps ?? []).filter((transition) => transition.phase !== phase);
  return { phase, phaseTransitionTimestamps: [...before, { phase, phaseTransitionTimestamp: now }] };
}

export function isFinal(vmi: VirtualMachineInstance): boolean {
  return vmi.status?.phase === 'Succeeded' || vmi.status?.phase === 'Failed';
}
