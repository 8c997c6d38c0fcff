import type { ContainerBackend } from './container-backend.ts';
import { ContainerInstance } from './container-instance.ts';
import { tokenDigest } from './token-digest.ts';

export interface ContainerOrder {
  /** Lower-case; the machine's firmware UUID too. */
  uuid: string;
  clientId: string;
  clientToken: string;
  /** What to boot from, where the backend does not know it. */
  iso?: { path: string; sha256: string } | undefined;
}

/** How a server makes, finds and ends containers. */
export class VirtualizationInterface {
  readonly #backend: ContainerBackend;

  constructor(backend: ContainerBackend) {
    this.#backend = backend;
  }

  /** Slots that a CREATE could take now. */
  getAvailableContainersAmount(): number {
    return this.#backend.available();
  }

  /**
   * Claims a slot for a client; its machine begins to start. Of the token only the SHA-256 is kept.
   * @throws `VirtualizationError` `NoFreeSlot`
   */
  async createContainer(order: ContainerOrder, signal: AbortSignal): Promise<ContainerInstance> {
    const { uuid, clientId, clientToken, iso } = order;
    const claim = { uuid, clientId, clientTokenSha256: tokenDigest(clientToken), isoPath: iso?.path };
    const record = await this.#backend.claim(claim, signal);
    return new ContainerInstance(this.#backend, record, iso?.sha256);
  }

  /** By UUID, straight from the platform. */
  async getContainer(uuid: string, signal: AbortSignal): Promise<ContainerInstance | undefined> {
    const record = await this.#backend.find(uuid, signal);
    return record && new ContainerInstance(this.#backend, record);
  }
}
