import type { VirtualMachineInstance } from '../../../kube/resources.ts';
import { isFinal, type MachinePhase, type MachineStatus, withPhase } from './with-phase.ts';

/** What virt-handler writes when the guest's processors run. */
export function runningStatus(vmi: VirtualMachineInstance, podAddress: string, now: string): MachineStatus | undefined {
  if (isFinal(vmi)) return undefined;
  const interfaces = (vmi.spec.domain.devices.interfaces ?? []).map(({ name }) => ({
    name,
    ipAddress: podAddress,
    ipAddresses: [podAddress],
    infoSource: 'domain',
  }));
  return { ...withPhase(vmi.status, 'Running', now), interfaces };
}

/** What virt-handler writes when the machine is over. A final phase never changes. */
export function endStatus(vmi: VirtualMachineInstance, phase: MachinePhase, now: string): MachineStatus | undefined {
  return isFinal(vmi) ? undefined : withPhase(vmi.status, phase, now);
}
