import type { VirtualMachineInstance } from '../../../kube/resources.ts';
import type { Clock } from '../../../runtime/clock.ts';
import type { Guard } from '../guard.ts';
import type { ImageCatalogue } from '../images/image-catalogue.ts';
import { usableAccelerator } from './accelerator.ts';
import type { Hypervisor, Machine, MachinePlace } from './hypervisor.ts';
import { type MachineSetting, machineArguments } from './machine-arguments.ts';
import { machineDisks } from './machine-disks.ts';
import { MachineProcess } from './machine-process.ts';

export interface QemuOptions {
  /** The program. Default: `qemu-system-x86_64` from the PATH. */
  qemu?: string | undefined;
  /** The user it runs as, where this process may choose. */
  runAs?: string | undefined;
  catalogue: ImageCatalogue;
  guard: Guard;
  clock: Clock;
  /** For files of its own. */
  folder: string;
  /** @see hostAddress */
  shift: boolean;
}

/** Each machine a QEMU process. */
export class QemuHypervisor implements Hypervisor {
  readonly #options: QemuOptions & { qemu: string };
  #accelerator: Promise<MachineSetting['accelerator']> | undefined;

  constructor(options: QemuOptions) {
    this.#options = { ...options, qemu: options.qemu ?? 'qemu-system-x86_64' };
    // Where machines are to be expected, the first one should not have to wait for the probe.
    if ([...options.catalogue.images.values()].some(({ kind }) => kind === 'disk')) void this.#usableAccelerator();
  }

  async start(
    vmi: VirtualMachineInstance,
    { podAddress, console }: MachinePlace,
    signal: AbortSignal,
  ): Promise<Machine | undefined> {
    const { qemu, guard, shift, runAs, catalogue } = this.#options;
    const disks = machineDisks(vmi, catalogue);
    const accelerator = await this.#usableAccelerator();
    const args = machineArguments(vmi, { podAddress, shift, accelerator, disks, runAs });
    return signal.aborted ? undefined : MachineProcess.start({ qemu, args, console, guard });
  }

  #usableAccelerator(): Promise<MachineSetting['accelerator']> {
    this.#accelerator ??= usableAccelerator(this.#options);
    return this.#accelerator;
  }
}
