import { once } from 'node:events';
import { createServer, type Server, type Socket } from 'node:net';
import { type HostAddress, hostAddress } from '../node/host-address.ts';
import { forward } from './forward.ts';
import type { Target } from './service-targets.ts';

/** One port of a Service on this machine. Connections outlive it: only new ones are refused when it closes. */
export class PortListener {
  readonly #server: Server;
  readonly #connections: Set<Socket>;
  readonly #shift: boolean;
  #targets: Target[] = [];
  #next = 0;

  /** @param connections where connections are noted, for as long as they are open */
  constructor(options: { shift: boolean; connections: Set<Socket> }) {
    this.#shift = options.shift;
    this.#connections = options.connections;
    this.#server = createServer({ allowHalfOpen: true }, (socket) => this.#take(socket));
  }

  /** Connections from now on go to these, in turn. */
  setTargets(targets: Target[]): void {
    this.#targets = targets;
  }

  /** @throws Error such as `EADDRINUSE` */
  async open({ host, port }: HostAddress): Promise<void> {
    this.#server.listen({ host, port });
    await once(this.#server, 'listening');
    // A connection that is gone before it is taken is no reason to stop.
    this.#server.on('error', () => undefined);
  }

  close(): void {
    this.#server.close();
  }

  #take(client: Socket): void {
    const target = this.#targets[this.#next++ % this.#targets.length];
    if (!target) {
      client.destroy();
      return;
    }
    this.#connections.add(client);
    client.once('close', () => this.#connections.delete(client));
    forward(client, hostAddress(target.address, target.port, { shift: this.#shift }));
  }
}
