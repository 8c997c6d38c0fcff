import { randomUUID } from 'node:crypto';
import type { ContainerBackend } from './container-backend.ts';
import { ContainerInstance } from './container-instance.ts';
import { tokenDigest } from './token-digest.ts';

export interface ContainerOrder {
  clientId: string;
  /**
   * Gives the client token for the container of this UUID, in plain text. Called for each container that is tried: others
   * may be faster to claim it, so the UUID of the container tells which token counts.
   */
  tokenFor(uuid: string): Promise<string>;
  /** What to boot from, where the backend does not know it. */
  iso?: { path: string; sha256: string } | undefined;
}

/** How a server makes, finds and ends containers. */
export class VirtualizationInterface {
  readonly #backend: ContainerBackend;

  constructor(backend: ContainerBackend) {
    this.#backend = backend;
  }

  /** How many CREATEs could be served now. */
  getAvailableContainersAmount(): number {
    return this.#backend.available();
  }

  /**
   * Claims a container for a client: one that runs already where there is one, or a free slot, whose machine begins to
   * start. Of the token only the SHA-256 is kept.
   * @throws `VirtualizationError` `NoFreeSlot`, `QuotaExceeded`, `MachineRefused`, `StartFailed`
   */
  async createContainer(order: ContainerOrder, signal: AbortSignal): Promise<ContainerInstance> {
    const { clientId, iso } = order;
    const clientTokenSha256Of = async (uuid: string) => tokenDigest(await order.tokenFor(uuid));
    const warm = await this.#backend.claimWarm?.({ clientId, clientTokenSha256Of }, signal);
    if (warm) return new ContainerInstance(this.#backend, warm);
    const uuid = randomUUID();
    const claim = { uuid, clientId, clientTokenSha256: await clientTokenSha256Of(uuid), isoPath: iso?.path };
    const record = await this.#backend.claim(claim, signal);
    return new ContainerInstance(this.#backend, record, iso?.sha256);
  }

  /** By UUID, straight from the platform. A machine that nobody has claimed is no container yet. */
  async getContainer(uuid: string, signal: AbortSignal): Promise<ContainerInstance | undefined> {
    const record = await this.#backend.find(uuid, signal);
    return record && new ContainerInstance(this.#backend, record);
  }
}
