import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { SecureContext } from 'node:tls';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import { RuntimeError, WireError } from '../../wire/errors.ts';
import type { CidrList } from '../access/cidr-list.ts';
import { clientId } from '../client-address.ts';
import type { Connection } from '../connections/connection.ts';
import { Listener } from '../connections/listener.ts';
import type { OpenConnections } from '../connections/open-connections.ts';
import { offenceOf } from '../connections/outcome.ts';
import { announcedAddress, clientHello } from '../connections/prologue.ts';
import type { Sources } from '../connections/sources.ts';
import { noServerMetrics, type ServerMetrics } from '../server-metrics.ts';
import type { RequestContext } from '../session/answer-request.ts';
import { TlsFront } from '../tls/tls-front.ts';
import { isCutShort, statusOf } from './fault.ts';
import { apiDescription } from './openapi/api-description.ts';
import { type ServeRequestOptions, serveRequest } from './serve-request.ts';
import { WebConnection } from './web-connection.ts';

export interface WebServerOptions {
  context: RequestContext;
  /** Every verb that is served, for the description. Default: those of the protocol. */
  verbs?: (() => Iterable<string>) | undefined;
  /** Default 8080, or 4443 with TLS; 0 takes a free one, see `getListenPort`. */
  port?: number | undefined;
  /** Default: every address of the machine. */
  bindAddress?: string | undefined;
  /** Default: no TLS. Each new connection gets what is the current one then. */
  tls?: { readonly current: SecureContext } | undefined;
  /** Connections are counted here, with those of whoever else has it. */
  open: OpenConnections;
  /** Where addresses of clients are known. */
  sources?: Pick<Sources, 'admit' | 'turnsAway' | 'penalise'> | undefined;
  /** Who announces client addresses by the PROXY protocol. */
  trustedProxies?: CidrList | undefined;
  /** For a whole request to arrive, and once more for the response to leave; looked at each time. Default 10. */
  timeoutSeconds?: number | undefined;
  clock: Clock;
  log: Log;
  metrics?: ServerMetrics | undefined;
}

const DEFAULT_HTTP_PORT = 8080;
const DEFAULT_HTTPS_PORT = 4443;
const DEFAULT_TIMEOUT_SECONDS = 10;
const KEEP_ALIVE_MS = 5_000;
const MAX_HEADER_BYTES = 8 * 1024;
const ALPN_PROTOCOL = 'http/1.1';

/** The verbs of the protocol as REST, over HTTP or HTTPS. */
export class WebServer implements AsyncDisposable {
  readonly #options: WebServerOptions;
  readonly #metrics: ServerMetrics;
  readonly #serving: ServeRequestOptions;
  readonly #handshaking = new Set<Socket>();
  readonly #connections = new Map<Socket, WebConnection>();
  readonly #tls: TlsFront | undefined;
  readonly #http: Server;
  #listener: Listener | undefined;

  constructor(options: WebServerOptions) {
    const { context, clock, log, tls, metrics = noServerMetrics } = options;
    this.#options = options;
    this.#metrics = metrics;
    this.#serving = { context, clock, log, metrics, description: apiDescription(context, options.verbs) };
    this.#tls =
      tls && new TlsFront({ credentials: tls, alpn: ALPN_PROTOCOL, clock, handshakeTimeoutMs: this.#timeoutMs });
    this.#http = this.#parser();
  }

  /** Resolves when the server listens. @throws `RuntimeError` `Refused` when it does already; the system's error when it can't */
  async start(): Promise<void> {
    if (this.#listener) throw new RuntimeError('Refused', 'the web server is running already');
    const { port = this.#tls ? DEFAULT_HTTPS_PORT : DEFAULT_HTTP_PORT, bindAddress, open, clock, log } = this.#options;
    this.#listener = await Listener.start({
      port,
      host: bindAddress || undefined,
      open,
      serve: (connection) => this.#serve(connection),
      onError: (err) => log.error({ err }, 'the web server cannot accept a connection'),
      clock,
    });
  }

  /** @throws `RuntimeError` `NotConnected` unless the server listens */
  getListenPort(): number {
    if (!this.#listener) throw new RuntimeError('NotConnected', 'the web server does not listen');
    return this.#listener.port;
  }

  /** Accepts no more, lets the requests that are being served finish for `graceMs`, and closes. */
  async stop(graceMs: number): Promise<void> {
    const listener = this.#listener;
    if (!listener) return;
    this.#listener = undefined;
    const stopped = listener.stop(graceMs);
    for (const socket of this.#handshaking) socket.destroy();
    for (const connection of this.#connections.values()) connection.retire();
    await stopped;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop(0);
  }

  /** Never rejects. */
  async #serve(connection: Connection): Promise<void> {
    const { socket } = connection;
    const { clock, log, open, sources } = this.#options;
    let leave: (() => void) | undefined;
    try {
      leave = await this.#admitted(connection);
      if (!leave) return;
      this.#metrics.connectionOpened('http');
      const stream = this.#tls ? await this.#secured(socket, this.#tls) : socket;
      const web = new WebConnection(connection, stream, { clock, open, timeoutMs: this.#timeoutMs, sources });
      await this.#speak(stream, web);
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      if (error.code === 'BadProxyHeader') this.#metrics.refused('proxyHeader');
      const offence = offenceOf(error, false);
      if (offence) sources?.penalise(connection.address, offence);
      log.debug({ client: clientId(connection.address), code: error.code }, 'connection ended early');
    } finally {
      socket.destroy();
      if (leave) this.#metrics.connectionClosed('http');
      leave?.();
    }
  }

  /** Counts the connection to its source; undefined: it is to be closed. @throws `WireError` when its proxy says nothing of use */
  async #admitted(connection: Connection): Promise<(() => void) | undefined> {
    const { sources, clock, trustedProxies } = this.#options;
    const proxies = { clock, limitMs: this.#timeoutMs, trustedProxies };
    connection.address = (await announcedAddress(connection, proxies)) ?? connection.address;
    return sources ? sources.admit(connection.address) : () => undefined;
  }

  get #timeoutMs(): number {
    return (this.#options.timeoutSeconds ?? DEFAULT_TIMEOUT_SECONDS) * 1000;
  }

  async #secured(socket: Socket, tls: TlsFront): Promise<Socket> {
    this.#handshaking.add(socket);
    try {
      await clientHello(socket, { clock: this.#options.clock, limitMs: this.#timeoutMs });
      return await tls.secure(socket);
    } finally {
      this.#handshaking.delete(socket);
    }
  }

  /** Speaks HTTP until the connection is gone and nothing that it began goes on. */
  async #speak(stream: Socket, connection: WebConnection): Promise<void> {
    const gone = new Promise<void>((resolve) => connection.closed.addEventListener('abort', () => resolve()));
    this.#connections.set(stream, connection);
    if (stream.destroyed) connection.end();
    else {
      this.#http.emit('connection', stream);
      stream.resume();
    }
    await gone;
    await connection.settled();
    this.#connections.delete(stream);
  }

  /** An HTTP server that listens nowhere: it is given connections, and tells of the requests that come on them. */
  #parser(): Server {
    const server = createServer({
      keepAliveTimeout: KEEP_ALIVE_MS,
      maxHeaderSize: MAX_HEADER_BYTES,
      // Looked at later: Node's own answer would have no response object.
      requireHostHeader: false,
    });
    const take = (request: IncomingMessage, response: ServerResponse) => {
      const connection = this.#connections.get(request.socket);
      connection?.take(request, (body) => serveRequest({ request, response, body, connection }, this.#serving));
    };
    // RFC 9110, §10.1.1: an expectation that is not understood may be passed over.
    server.on('request', take).on('checkExpectation', take);
    server.on('connect', (_request, stream: Socket) => {
      this.#connections.get(stream)?.refuse({ status: 405, headers: { allow: 'GET, HEAD, POST' } });
    });
    server.on('clientError', (error: NodeJS.ErrnoException, stream: Socket) => {
      // What follows the last request is passed over, and that request served.
      if (error.code === 'HPE_CLOSED_CONNECTION') return;
      if (stream.errored || !stream.writable) stream.destroy(error);
      else {
        const offence = isCutShort(error) ? undefined : 'badFrame';
        this.#connections.get(stream)?.refuse({ status: statusOf(error), offence });
      }
    });
    return server;
  }
}
