import type { DatabaseInterface, EntryId } from '../database/database-interface.ts';

/** The database entries of the containers that one CREATE tries. Disposal deletes all but those that are kept. */
export class TriedContainers implements AsyncDisposable {
  readonly #database: DatabaseInterface;
  readonly #entries = new Map<string, { id: EntryId; token: string }>();

  constructor(database: DatabaseInterface) {
    this.#database = database;
  }

  /** The client token of the container of this UUID; its entry is made the first time. */
  async tokenFor(uuid: string): Promise<string> {
    const known = this.#entries.get(uuid);
    if (known) return known.token;
    const [id, , token] = await this.#database.addEntry(uuid);
    this.#entries.set(uuid, { id, token });
    return token;
  }

  keep(uuid: string): void {
    this.#entries.delete(uuid);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { id } of this.#entries.values()) await this.#database.deleteEntry(id);
  }
}
