import type { VirtualMachineInstance } from '../../../kube/resources.ts';
import type { LogBuffer } from '../log-buffer.ts';

/** How a machine ended: the guest switched itself off, somebody here stopped it, or it went wrong. */
export type MachineEnd = { how: 'guest' } | { how: 'stopped' } | { how: 'crashed'; message: string };

/** A virtual machine from its start on. */
export interface Machine {
  /** The process that it runs in, where it has one of its own. */
  readonly processId: number | undefined;
  /** Resolves when nothing of the machine is left. */
  readonly ended: Promise<MachineEnd>;
  /** Resolves when the guest's processors run. @throws Error when the machine ends before */
  running(): Promise<void>;
  /** Presses the power button. */
  powerDown(): Promise<void>;
  kill(): void;
}

export interface MachinePlace {
  /** Of its launcher pod. */
  podAddress: string;
  /** Takes what the guest says on its serial console. */
  console: LogBuffer;
}

/** What machines of a node run on. */
export interface Hypervisor {
  /**
   * @returns undefined when the signal aborts before anything was started
   * @throws Error when the machine can't be
   */
  start(vmi: VirtualMachineInstance, place: MachinePlace, signal: AbortSignal): Promise<Machine | undefined>;
}
