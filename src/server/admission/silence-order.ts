/**
 * Connections that the server waits for, by how long they have been silent. Each operation takes the same time however
 * many there are.
 */
export class SilenceOrder<C> {
  /** A set keeps the order of insertion: the one that was heard longest ago comes first. */
  readonly #waiting = new Set<C>();

  get size(): number {
    return this.#waiting.size;
  }

  /** The server began to wait for this connection, or has just heard from it. */
  heard(connection: C): void {
    this.#waiting.delete(connection);
    this.#waiting.add(connection);
  }

  /** The server does not wait for this connection any more. */
  remove(connection: C): void {
    this.#waiting.delete(connection);
  }

  longestSilent(): C | undefined {
    const [connection] = this.#waiting;
    return connection;
  }
}
