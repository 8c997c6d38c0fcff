import type { VirtualMachineInstance } from '../../../kube/resources.ts';
import { isFinal, type MachineStatus, withPhase } from './with-phase.ts';

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

/** By the guest itself, because it was told to stop, or against everybody's will. */
export type HowItEnded = 'guest' | 'stopped' | 'lost';

/** What virt-handler writes when the machine is over. A final phase never changes. */
export function endStatus(vmi: VirtualMachineInstance, how: HowItEnded, now: string): MachineStatus | undefined {
  if (isFinal(vmi)) return undefined;
  // A machine that is stopped without being deleted has lost its pod.
  const isWanted = how === 'guest' || (how === 'stopped' && vmi.metadata.deletionTimestamp !== undefined);
  return withPhase(vmi.status, isWanted ? 'Succeeded' : 'Failed', now);
}
