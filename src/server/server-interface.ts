import { randomBytes as systemRandomBytes } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import { systemClock } from '../runtime/system-clock.ts';
import type { VirtualizationInterface } from '../virtualization/virtualization-interface.ts';
import {
  DEFAULT_CLIENT_TIMEOUT,
  DEFAULT_SERVER_LISTEN_PORT,
  REQUEST_VERB_CREATE,
  REQUEST_VERB_DESTROY,
  REQUEST_VERB_STAT,
} from '../wire/constants.ts';
import { RuntimeError, WireError } from '../wire/errors.ts';
import type { RandomBytes } from '../wire/random-bytes.ts';
import type { RSAWrapper } from '../wire/rsa-wrapper.ts';
import { ClientInstance } from './client-instance.ts';
import { DEFAULT_SERVER_BIND_ADDRESS } from './constants.ts';
import { createHandler } from './handlers/create.ts';
import { destroyHandler } from './handlers/destroy.ts';
import { statHandler } from './handlers/stat.ts';
import type { RequestHandler } from './request-handler.ts';
import type { RuntimeStatistics } from './runtime-statistics.ts';
import { serveClient } from './serve-client.ts';
import { SilenceOrder } from './silence-order.ts';

export interface ServerInterfaceOptions {
  runtimeVirtualizationInterface: VirtualizationInterface;
  runtimeRsaWrapper: RSAWrapper;
  /** What STAT reports. */
  version: string;
  log: Log;
  /** Default: every address of the machine. */
  bindAddress?: string | undefined;
  /** Default 6150; 0 takes a free one, see `getListenPort`. */
  listenPort?: number | undefined;
  /** For a client's handshake and request together, and once more for taking the response. Default 10. */
  clientTimeoutSeconds?: number | undefined;
  /** For a container to start. Default 180. */
  startTimeoutSeconds?: number | undefined;
  /** How long `stopServer` waits for the clients that are being served. Default 30. */
  stopGraceSeconds?: number | undefined;
  /** Open at once. With one more, the connection that has been silent longest is closed. Default 2,048. */
  maxConnections?: number | undefined;
  clock?: Clock | undefined;
  randomBytes?: RandomBytes | undefined;
}

const DEFAULT_STOP_GRACE_SECONDS = 30;
const DEFAULT_MAX_CONNECTIONS = 2048;
const DEFAULT_START_TIMEOUT_SECONDS = 180;
const BACKLOG = 1024;

/** An Anweddol server: listens, exchanges keys with many clients at once, and answers one request of each. */
export class ServerInterface implements AsyncDisposable {
  readonly #options: ServerInterfaceOptions;
  readonly #clock: Clock;
  readonly #randomBytes: RandomBytes;
  readonly #handlers: Map<string, RequestHandler>;
  readonly #clients = new Map<ClientInstance, Promise<void>>();
  readonly #silence = new SilenceOrder<ClientInstance>();
  #server: Server | undefined;
  #startedAt = 0;
  #runtimeErrors = 0;

  constructor(options: ServerInterfaceOptions) {
    this.#options = options;
    this.#clock = options.clock ?? systemClock;
    this.#randomBytes = options.randomBytes ?? systemRandomBytes;
    const { log, version } = options;
    const virtualization = options.runtimeVirtualizationInterface;
    const startTimeoutSeconds = options.startTimeoutSeconds ?? DEFAULT_START_TIMEOUT_SECONDS;
    const create = { virtualization, startTimeoutSeconds, clock: this.#clock, log, randomBytes: this.#randomBytes };
    this.#handlers = new Map([
      [REQUEST_VERB_STAT, statHandler(version, () => this.getRuntimeStatistics())],
      [REQUEST_VERB_CREATE, createHandler(create)],
      [REQUEST_VERB_DESTROY, destroyHandler({ virtualization, clock: this.#clock })],
    ]);
  }

  getRuntimeVirtualizationInterface(): VirtualizationInterface {
    return this.#options.runtimeVirtualizationInterface;
  }

  getRuntimeRSAWrapper(): RSAWrapper {
    return this.#options.runtimeRsaWrapper;
  }

  getRuntimeStatistics(): RuntimeStatistics {
    const running = this.#server !== undefined;
    const uptime = running ? Math.floor((this.#clock.now() - this.#startedAt) / 1000) : 0;
    const available = this.getRuntimeVirtualizationInterface().getAvailableContainersAmount();
    return [running, this.#runtimeErrors, uptime, available];
  }

  /** The port clients connect to. @throws `RuntimeError` `NotConnected` unless the server listens */
  getListenPort(): number {
    if (!this.#server) throw new RuntimeError('NotConnected', 'the server does not listen');
    return (this.#server.address() as AddressInfo).port;
  }

  /** Sets who serves the requests of a verb, a documented one or any other. */
  setRequestHandler(verb: string, routine: RequestHandler): void {
    this.#handlers.set(verb, routine);
  }

  /** Resolves when the server listens. @throws `RuntimeError` when it does already; the system's error when it can't */
  async startServer(): Promise<void> {
    if (this.#server) throw new RuntimeError('Refused', 'the server is running already');
    const server = createServer({ noDelay: true }, (socket) => this.#accept(socket));
    const { bindAddress = DEFAULT_SERVER_BIND_ADDRESS, listenPort = DEFAULT_SERVER_LISTEN_PORT } = this.#options;
    server.listen({ port: listenPort, backlog: BACKLOG, ...(bindAddress && { host: bindAddress }) });
    await once(server, 'listening');
    server.on('error', (error) => this.#recordRuntimeError(error, undefined));
    this.#startedAt = this.#clock.now();
    this.#server = server;
  }

  /**
   * Stops to listen, lets the clients that are being served finish for as long as the grace period lasts, and closes the
   * others. Containers that were given out stay.
   */
  async stopServer(): Promise<void> {
    const server = this.#server;
    if (!server) return;
    this.#server = undefined;
    server.close();
    const graceMs = (this.#options.stopGraceSeconds ?? DEFAULT_STOP_GRACE_SECONDS) * 1000;
    const cancel = this.#clock.after(graceMs, () => {
      for (const client of this.#clients.keys()) client.getSocketDescriptor().destroy();
    });
    await Promise.all(this.#clients.values());
    cancel();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stopServer();
  }

  #accept(socket: Socket): void {
    const { maxConnections = DEFAULT_MAX_CONNECTIONS, clientTimeoutSeconds = DEFAULT_CLIENT_TIMEOUT } = this.#options;
    if (this.#clients.size >= maxConnections) {
      const silent = this.#silence.longestSilent();
      if (!silent) return void socket.destroy();
      this.#forget(silent);
      silent.getSocketDescriptor().destroy();
    }
    const client: ClientInstance = new ClientInstance({
      socket,
      rsaWrapper: this.#options.runtimeRsaWrapper,
      timeoutSeconds: clientTimeoutSeconds,
      clock: this.#clock,
      randomBytes: this.#randomBytes,
      onWaiting: () => this.#silence.heard(client),
      onServed: () => this.#silence.remove(client),
    });
    this.#clients.set(client, this.#serve(client));
  }

  async #serve(client: ClientInstance): Promise<void> {
    const { log } = this.#options;
    try {
      const verb = await serveClient(client, {
        handlerOf: (verb) => this.#handlers.get(verb),
        onRuntimeError: (error) => this.#recordRuntimeError(error, client),
      });
      const ms = this.#clock.now() - client.getCreationTimestamp();
      log.info({ client: client.getID(), verb, ms }, 'request answered');
    } catch (error) {
      if (!(error instanceof WireError)) this.#recordRuntimeError(error, client);
      else log.debug({ client: client.getID(), code: error.code }, 'connection ended early');
    } finally {
      client[Symbol.dispose]();
      this.#forget(client);
    }
  }

  #forget(client: ClientInstance): void {
    this.#silence.remove(client);
    this.#clients.delete(client);
  }

  #recordRuntimeError(error: unknown, client: ClientInstance | undefined): void {
    this.#runtimeErrors += 1;
    this.#options.log.error({ client: client?.getID(), err: error }, 'internal error');
  }
}
