/** Machines that are only played: they go through their phases, and serve what somebody lets them serve. */
import type { VirtualMachineInstance } from '../../../kube/resources.ts';
import type { HostAddress } from '../host-address.ts';

/** A machine that is to be played. */
export interface HollowBoot {
  vmi: VirtualMachineInstance;
  /** Where on this machine to listen, so that a port of the guest is found at the address of its pod. */
  listenAt(port: number): HostAddress;
  /** Aborts when the machine is stopped: nobody waits for its boot any more. */
  signal: AbortSignal;
}

/** Plays the guest until it is disposed of. */
export interface HollowGuest extends AsyncDisposable {
  /** Resolves when the guest switches itself off, rejects when it crashes. Absent: it does neither. */
  readonly ended?: Promise<void>;
}

/** What a node runs in place of machines. */
export interface Hollow {
  /** Resolves when the machine is to run. A rejection is a machine that fails to start. */
  boot(machine: HollowBoot): Promise<HollowGuest>;
}
