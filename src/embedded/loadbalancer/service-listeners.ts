import type { Socket } from 'node:net';
import type { Log } from '../../runtime/log.ts';
import { PortListener } from './port-listener.ts';
import type { Target } from './service-targets.ts';

/** Port numbers that are in somebody else's use, with what the system says. */
export type PortProblems = Map<number, string>;

/** The listeners of all Services on one address. A port belongs to the first Service that asks for it. */
export class ServiceListeners {
  readonly #host: string;
  readonly #shift: boolean;
  readonly #log: Log;
  readonly #listeners = new Map<number, { owner: string; listener: PortListener }>();
  readonly #connections = new Set<Socket>();

  constructor(options: { host: string; shift: boolean; log: Log }) {
    this.#host = options.host;
    this.#shift = options.shift;
    this.#log = options.log;
  }

  /** Listens on the ports that have targets, and on no other port of this Service. Resolves with the ports it can't have. */
  async set(owner: string, wanted: ReadonlyMap<number, Target[]>): Promise<PortProblems> {
    const problems: PortProblems = new Map();
    for (const [port, entry] of this.#listeners) {
      if (entry.owner === owner && !wanted.get(port)?.length) this.#close(port);
    }
    for (const [port, targets] of wanted) {
      const problem = targets.length > 0 ? await this.#open(owner, port, targets) : undefined;
      if (problem) problems.set(port, problem);
    }
    return problems;
  }

  /** Closes every listener and cuts every connection. */
  close(): void {
    for (const port of [...this.#listeners.keys()]) this.#close(port);
    for (const socket of this.#connections) socket.destroy();
  }

  async #open(owner: string, port: number, targets: Target[]): Promise<string | undefined> {
    const known = this.#listeners.get(port);
    if (known && known.owner !== owner) return `port ${port} belongs to service ${known.owner}`;
    if (known) {
      known.listener.setTargets(targets);
      return undefined;
    }
    const listener = new PortListener({ shift: this.#shift, connections: this.#connections });
    listener.setTargets(targets);
    // Taken before it is open, so that no other Service tries the same.
    this.#listeners.set(port, { owner, listener });
    try {
      await listener.open({ host: this.#host, port });
      this.#log.info({ service: owner, port }, 'load balancer listens');
      return undefined;
    } catch (error) {
      this.#listeners.delete(port);
      return error instanceof Error ? error.message : String(error);
    }
  }

  #close(port: number): void {
    this.#listeners.get(port)?.listener.close();
    this.#listeners.delete(port);
  }
}
