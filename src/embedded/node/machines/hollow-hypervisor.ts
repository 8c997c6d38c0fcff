import type { VirtualMachineInstance } from '../../../kube/resources.ts';
import { hostAddress } from '../host-address.ts';
import type { Hollow } from './hollow.ts';
import { HollowMachine } from './hollow-machine.ts';
import type { Hypervisor, Machine, MachinePlace } from './hypervisor.ts';

/** Each machine played by what the node was given for that. */
export class HollowHypervisor implements Hypervisor {
  readonly #hollow: Hollow;
  readonly #shift: boolean;

  /** @param rules see {@link hostAddress} */
  constructor(hollow: Hollow, rules: { shift: boolean }) {
    this.#hollow = hollow;
    this.#shift = rules.shift;
  }

  async start(vmi: VirtualMachineInstance, { podAddress, console }: MachinePlace): Promise<Machine> {
    const listenAt = (port: number) => hostAddress(podAddress, port, { shift: this.#shift });
    return new HollowMachine((signal) => this.#hollow.boot({ vmi, listenAt, signal }), console);
  }
}
