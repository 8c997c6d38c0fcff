import { randomBytes, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../runtime/clock.ts';
import { systemClock } from '../../runtime/system-clock.ts';
import { tokenDigest } from '../../virtualization/token-digest.ts';
import { clientToken } from './client-token.ts';
import type { DatabaseEntry, DatabaseInterface } from './database-interface.ts';

/** A database in memory: it ends with the process, so it is for servers whose containers do, too. */
export class MemoryDatabase implements DatabaseInterface {
  readonly #clock: Clock;
  readonly #entries = new Map<number, DatabaseEntry>();
  #lastId = 0;

  constructor(options: { clock?: Clock } = {}) {
    this.#clock = options.clock ?? systemClock;
  }

  async addEntry(containerUuid: string): Promise<[entry_id: number, creation_timestamp: number, client_token: string]> {
    this.#lastId += 1;
    const token = clientToken(randomBytes);
    const createdAt = this.#clock.now();
    this.#entries.set(this.#lastId, [this.#lastId, createdAt, containerUuid, tokenDigest(token)]);
    return [this.#lastId, createdAt, token];
  }

  async getEntryID(containerUuid: string, clientToken: string): Promise<number | undefined> {
    const id = await this.getContainerUUIDEntryID(containerUuid);
    const digest = Buffer.from(tokenDigest(clientToken), 'hex');
    const [, , , expected = ''] = (id !== undefined && this.#entries.get(id)) || [];
    const isSame = timingSafeEqual(Buffer.from(expected.padEnd(digest.length * 2, '0'), 'hex'), digest);
    return isSame ? id : undefined;
  }

  async getContainerUUIDEntryID(containerUuid: string): Promise<number | undefined> {
    for (const [id, [, , uuid]] of this.#entries) if (uuid === containerUuid) return id;
    return undefined;
  }

  async getEntry(entryId: number): Promise<DatabaseEntry | undefined> {
    return this.#entries.get(entryId);
  }

  async listEntries(): Promise<[entry_id: number, creation_timestamp: number][]> {
    return [...this.#entries].map(([id, [, createdAt]]) => [id, createdAt]);
  }

  async deleteEntry(entryId: number | string): Promise<void> {
    this.#entries.delete(Number(entryId));
  }
}
