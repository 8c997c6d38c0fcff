import type { LogBuffer } from '../log-buffer.ts';
import type { HollowGuest } from './hollow.ts';
import type { Machine, MachineEnd } from './hypervisor.ts';

/** A machine without a process of its own. */
export class HollowMachine implements Machine {
  readonly processId = undefined;
  readonly ended: Promise<MachineEnd>;
  readonly #stop = new AbortController();
  readonly #booted: Promise<HollowGuest>;

  /** @param boot told by its signal that the machine is stopped */
  constructor(boot: (signal: AbortSignal) => Promise<HollowGuest>, console: LogBuffer) {
    this.#booted = boot(this.#stop.signal);
    this.ended = this.#run().finally(() => console.end());
  }

  async running(): Promise<void> {
    await this.#booted;
    this.#stop.signal.throwIfAborted();
  }

  /** There is nobody who would want to say goodbye. */
  async powerDown(): Promise<void> {
    this.kill();
  }

  kill(): void {
    this.#stop.abort(new Error('the machine was stopped'));
  }

  async #run(): Promise<MachineEnd> {
    const { signal } = this.#stop;
    try {
      await using guest = await this.#booted;
      return await Promise.race([stopped(signal), ...(guest.ended ? [switchedOff(guest.ended)] : [])]);
    } catch (error) {
      if (signal.aborted) return { how: 'stopped' };
      return { how: 'crashed', message: error instanceof Error ? error.message : String(error) };
    }
  }
}

function stopped(signal: AbortSignal): Promise<MachineEnd> {
  const end: MachineEnd = { how: 'stopped' };
  if (signal.aborted) return Promise.resolve(end);
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(end), { once: true }));
}

async function switchedOff(ended: Promise<void>): Promise<MachineEnd> {
  await ended;
  return { how: 'guest' };
}
