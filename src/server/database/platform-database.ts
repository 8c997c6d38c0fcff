import { randomBytes } from 'node:crypto';
import type { VirtualizationInterface } from '../../virtualization/virtualization-interface.ts';
import { clientToken } from './client-token.ts';
import type { DatabaseInterface } from './database-interface.ts';

/**
 * No database of its own: the platform keeps the SHA-256 of the client token with the machine, so whoever serves the next
 * request knows it, and it goes with the machine. An entry's number is the UUID of its container.
 */
export class PlatformDatabase implements DatabaseInterface {
  readonly #virtualization: VirtualizationInterface;
  readonly #now: () => number;

  constructor(virtualization: VirtualizationInterface, now: () => number) {
    this.#virtualization = virtualization;
    this.#now = now;
  }

  async addEntry(containerUuid: string): Promise<[entry_id: string, creation_timestamp: number, client_token: string]> {
    return [containerUuid, this.#now(), clientToken(randomBytes)];
  }

  async getEntryID(containerUuid: string, token: string, signal: AbortSignal): Promise<string | undefined> {
    const container = await this.#virtualization.getContainer(containerUuid, signal);
    return container?.isOwnedBy(token) ? containerUuid : undefined;
  }

  async deleteEntry(): Promise<void> {}
}
