import { randomUUID } from 'node:crypto';
import type { ContainerBackend } from './container-backend.ts';
import { ContainerInstance } from './container-instance.ts';
import { tokenDigest } from './token-digest.ts';

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
   * Claims a slot for a client; its machine begins to start. Of the token only the SHA-256 is kept.
   * @throws `VirtualizationError` `NoFreeSlot`
   */
  async createContainer(
    owner: { clientId: string; clientToken: string },
    signal: AbortSignal,
  ): Promise<ContainerInstance> {
    const claim = {
      uuid: randomUUID(),
      clientId: owner.clientId,
      clientTokenSha256: tokenDigest(owner.clientToken),
    };
    return new ContainerInstance(this.#backend, await this.#backend.claim(claim, signal));
  }

  /** By UUID, straight from the platform. */
  async getContainer(uuid: string, signal: AbortSignal): Promise<ContainerInstance | undefined> {
    const record = await this.#backend.find(uuid, signal);
    return record && new ContainerInstance(this.#backend, record);
  }
}
