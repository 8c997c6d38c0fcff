import { SilenceOrder } from '../admission/silence-order.ts';
import type { RefusalReason } from '../server-metrics.ts';
import type { Connection } from './connection.ts';

/** All connections that are open, never more than a cap: for one more, the one that has been silent longest is closed. */
export class OpenConnections {
  readonly #most: number;
  readonly #refused: (reason: RefusalReason) => void;
  readonly #open = new Set<Connection>();
  readonly #silence = new SilenceOrder<Connection>();

  constructor(most: number, refused: (reason: RefusalReason) => void) {
    this.#most = most;
    this.#refused = refused;
  }

  get size(): number {
    return this.#open.size;
  }

  /** Those that the server waits for. */
  get waiting(): number {
    return this.#silence.size;
  }

  /** False when there is no place for it: nobody is silent. */
  enter(connection: Connection): boolean {
    if (this.#open.size >= this.#most) {
      const silent = this.#silence.longestSilent();
      this.#refused(silent ? 'evicted' : 'capacity');
      if (!silent) return false;
      this.leave(silent);
      silent.socket.destroy();
    }
    this.#open.add(connection);
    this.#silence.heard(connection);
    return true;
  }

  leave(connection: Connection): void {
    this.#silence.remove(connection);
    this.#open.delete(connection);
  }

  /** The server waits for this connection, or has just heard from it. */
  heard(connection: Connection): void {
    if (this.#open.has(connection)) this.#silence.heard(connection);
  }

  /** The server does not wait for this connection any more. */
  served(connection: Connection): void {
    this.#silence.remove(connection);
  }

  destroyAll(): void {
    for (const { socket } of this.#open) socket.destroy();
  }
}
