import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Clock } from '../../runtime/clock.ts';
import { RuntimeError } from '../../wire/errors.ts';
import type { Offence } from '../admission/penalties.ts';
import type { Connection } from '../connections/connection.ts';
import type { OpenConnections } from '../connections/open-connections.ts';
import type { Sources } from '../connections/sources.ts';
import { type FaultStatus, rawFault } from './fault.ts';
import { readBody } from './read-body.ts';
import { CONTENT_HEADERS } from './response-text.ts';

export interface WebConnectionOptions {
  clock: Clock;
  open: OpenConnections;
  /** For a request to arrive, from the end of the one before, and once more for its response to leave. Milliseconds. */
  timeoutMs: number;
  /** Where addresses of clients are known. */
  sources: Pick<Sources, 'turnsAway' | 'penalise'> | undefined;
}

/** What an answer consists of, besides the headers that all have. */
export interface Delivery {
  status: number;
  text: string;
  headers?: Record<string, string> | undefined;
  /** What the client is held to account for. */
  offence?: Offence | undefined;
}

/** What never became a request is answered with. */
interface Refusal extends Omit<Delivery, 'text'> {
  status: FaultStatus;
}

/** Serves a request whose body is there, undefined when it was too large. Never rejects. */
type Serve = (body: Buffer | undefined) => Promise<void>;

/** Requests that have begun and are not answered. The bodies of so many are no more than a connection may hold. */
const MAX_PENDING = 4;
const MAX_REQUESTS = 100;
/** For the peer to read what it was refused with. */
const LINGER_MS = 1_000;

/**
 * One connection that speaks HTTP/1.1: its requests, one after the other even when they come at once, each within its time.
 * Node's own time limits hold only where its server listens itself.
 */
export class WebConnection {
  readonly #connection: Connection;
  readonly #stream: Socket;
  readonly #options: WebConnectionOptions;
  readonly #closing = new AbortController();
  readonly #pending = new Set<IncomingMessage>();
  #served: Promise<void> = Promise.resolve();
  #taken = 0;
  /** The next response is the last. */
  #retiring = false;
  /** No further request is served. */
  #ending = false;
  /** A request has arrived, or what came instead has been accounted for. */
  #isAccounted = false;
  /** Bytes of the client's that were there when the server began to wait. */
  #readBefore = 0;
  #cancelLimit = (): void => {};

  /** @param stream the connection's socket, or TLS over it */
  constructor(connection: Connection, stream: Socket, options: WebConnectionOptions) {
    this.#connection = connection;
    this.#stream = stream;
    this.#options = options;
    stream.on('close', () => this.#close('the client left'));
    this.#expect();
  }

  get address(): string {
    return this.#connection.address;
  }

  /** Aborts when the connection is gone. */
  get closed(): AbortSignal {
    return this.#closing.signal;
  }

  /** Whether it ended by a fault: a reset, an alert of TLS, what is no HTTP. */
  get isBroken(): boolean {
    return this.#stream.errored !== null;
  }

  /** Resolves when all that has begun has come to its end. */
  async settled(): Promise<void> {
    for (let served = this.#served; ; served = this.#served) {
      await served;
      if (served === this.#served) return;
    }
  }

  /** Has a request served when those before it are over. */
  take(request: IncomingMessage, serve: Serve): void {
    if (this.#pending.size >= MAX_PENDING) {
      this.#penalise('badFrame');
      return void this.#stream.destroy();
    }
    this.#taken += 1;
    if (this.#taken === MAX_REQUESTS) this.#retiring = true;
    this.#pending.add(request);
    const before = this.#served;
    // At once: while a body is left unread, Node hears nothing of the client's leaving.
    const body = readBody(request);
    this.#served = Promise.allSettled([body, before]).then(async ([read]) => {
      if (read.status === 'fulfilled' && !this.closed.aborted && !this.#ending) await this.#serve(read.value, serve);
      this.#pending.delete(request);
      // It may have begun to retire when the response was on its way already.
      if (this.#retiring && this.#pending.size === 0) this.#stream.destroySoon();
    });
  }

  /** Sends a response and resolves when the system has taken it. @throws `RuntimeError` `Closed` */
  async deliver(response: ServerResponse, { status, text, headers = {}, offence }: Delivery): Promise<void> {
    this.closed.throwIfAborted();
    if (offence) this.#penalise(offence);
    if (this.#retiring || status !== 200) response.shouldKeepAlive = false;
    if (!response.shouldKeepAlive) this.#ending = true;
    this.#limit(() => {
      this.#penalise('deadline');
      this.#stream.destroy();
    });
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const broken = () => reject(new RuntimeError('Closed', 'the client left before it had the response'));
    // What there is to say about an error, `close` says.
    response
      .on('error', () => undefined)
      .on('finish', resolve)
      .on('close', broken);
    response.writeHead(status, { ...CONTENT_HEADERS, ...headers, 'content-length': Buffer.byteLength(text) }).end(text);
    await promise;
    this.#cancelLimit();
  }

  /** Answers what never became a request, and closes. */
  refuse({ status, headers, offence }: Refusal): void {
    // The parser tells of a fault once more for all that follows it.
    if (this.#ending) return;
    if (offence) this.#penalise(offence);
    // What is said now would be taken for the answer to another request.
    if (this.#pending.values().some(({ complete }) => complete)) {
      this.#stream.destroy();
      return;
    }
    this.#ending = true;
    this.#stream.end(rawFault(status, headers));
    this.#limit(() => this.#stream.destroy(), LINGER_MS);
  }

  /** Lets what is being served finish, and closes. */
  retire(): void {
    this.#retiring = true;
    if (this.#pending.size === 0) this.#stream.destroy();
  }

  /** Sends what is still to be sent and closes. */
  end(): void {
    this.#ending = true;
    this.#close('the connection is closed');
    this.#limit(() => this.#stream.destroy(), LINGER_MS);
    this.#stream.destroySoon();
  }

  async #serve(body: Buffer | undefined, serve: Serve): Promise<void> {
    this.#cancelLimit();
    this.#isAccounted = true;
    // A connection that was there before is no way round a penalty.
    if (this.#options.sources?.turnsAway(this.address)) {
      this.#ending = true;
      return void this.#stream.destroy();
    }
    this.#options.open.served(this.#connection);
    await serve(body);
    if (this.closed.aborted) return;
    if (this.#ending) this.#limit(() => this.#stream.destroy(), LINGER_MS);
    else this.#expect();
  }

  #expect(): void {
    this.#options.open.heard(this.#connection);
    this.#readBefore = this.#stream.bytesRead - this.#stream.readableLength;
    this.#limit(() => this.refuse({ status: 408, offence: this.#hasBegun ? 'deadline' : undefined }));
  }

  /** Whether a part of a request is there. Silence is no missed deadline: browsers open connections before they need them. */
  get #hasBegun(): boolean {
    return this.#pending.size > 0 || this.#stream.bytesRead > this.#readBefore;
  }

  #penalise(offence: Offence): void {
    this.#isAccounted = true;
    this.#options.sources?.penalise(this.address, offence);
  }

  #limit(act: () => void, ms: number = this.#options.timeoutMs): void {
    this.#cancelLimit();
    this.#cancelLimit = this.#options.clock.after(ms, act);
    if (this.#stream.destroyed) this.#cancelLimit();
  }

  #close(reason: string): void {
    if (this.#stream.destroyed) this.#cancelLimit();
    if (!this.#isAccounted) this.#penalise('noRequest');
    this.#closing.abort(new RuntimeError('Closed', reason));
  }
}
