import type { ContainerBackend } from './container-backend.ts';
import { ContainerInstance } from './container-instance.ts';

/** How a server makes, finds and ends containers. */
export class VirtualizationInterface {
  readonly #backend: ContainerBackend;

  constructor(backend: ContainerBackend) {
    this.#backend = backend;
  }

  getISOChecksum(): string {
    return this.#backend.isoSha256;
  }

  /** Slots that a CREATE could take now. */
  getAvailableContainersAmount(): number {
    return this.#backend.available();
  }

  /**
   * Claims a slot for a client; the machine begins to start. `clientToken` is kept as its SHA-256 only.
   * @throws `VirtualizationError` `NoFreeSlot`
   */
  async createContainer(
    _owner: { clientId: string; clientToken: string },
    _signal: AbortSignal,
  ): Promise<ContainerInstance> {
    throw new Error('pending');
  }

  /** By UUID, straight from the platform. */
  async getContainer(uuid: string, signal: AbortSignal): Promise<ContainerInstance | undefined> {
    const record = await this.#backend.find(uuid, signal);
    return record && new ContainerInstance(this.#backend, record);
  }
}
