import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Clock } from '../../runtime/clock.ts';
import { Connection } from './connection.ts';
import type { OpenConnections } from './open-connections.ts';

const BACKLOG = 1024;

export interface ListenerOptions {
  port: number;
  /** Undefined: every address of the machine. */
  host: string | undefined;
  open: OpenConnections;
  /** Serves one connection to its end; never rejects. */
  serve: (connection: Connection) => Promise<void>;
  onError: (error: unknown) => void;
  clock: Clock;
}

/** Accepts connections and has them served, all at once. */
export class Listener {
  readonly #options: ListenerOptions;
  readonly #server: Server;
  readonly #served = new Set<Promise<void>>();

  private constructor(options: ListenerOptions) {
    this.#options = options;
    const accept = { noDelay: true, pauseOnConnect: true };
    this.#server = createServer(accept, (socket) => this.#accept(socket));
  }

  /** @throws the system's error when the port can't be listened on */
  static async start(options: ListenerOptions): Promise<Listener> {
    const listener = new Listener(options);
    const { port, host, onError } = options;
    listener.#server.listen({ port, backlog: BACKLOG, ...(host && { host }) });
    await once(listener.#server, 'listening');
    listener.#server.on('error', onError);
    return listener;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** Accepts no more, and lets those that are being served finish for `graceMs`; then they are cut off. */
  async stop(graceMs: number): Promise<void> {
    const { clock, open } = this.#options;
    this.#server.close();
    const cancel = clock.after(graceMs, () => open.destroyAll());
    await Promise.all(this.#served);
    cancel();
  }

  #accept(socket: Socket): void {
    const { open, serve, clock } = this.#options;
    const connection = new Connection(socket, clock.elapsed());
    if (!open.enter(connection)) return void socket.destroy();
    const served = serve(connection).then(() => {
      open.leave(connection);
      this.#served.delete(served);
    });
    this.#served.add(served);
  }
}
