import { createHash } from 'node:crypto';
import { Agent, type Dispatcher, ProxyAgent } from 'undici';
import type { Credentials } from './credentials.ts';

/** More requests than this at a time, watches included, wait for a connection (and for their deadline). */
const MAX_CONNECTIONS = 256;

/** Shorter than the 90 s after which an API server closes an idle connection. */
const KEEP_ALIVE_MS = 30_000;

/** Keep-alive connections, shared by all requests with the same CA, certificate and proxy. */
export class ConnectionPool {
  readonly #connectTimeoutMs: number;
  #current: { digest: string; dispatcher: Dispatcher } | undefined;
  readonly #open = new Set<Dispatcher>();

  constructor(connectTimeoutMs: number) {
    this.#connectTimeoutMs = connectTimeoutMs;
  }

  for(credentials: Credentials): Dispatcher {
    const digest = createHash('sha256')
      .update(JSON.stringify([credentials.proxyUrl, credentials.tls]))
      .digest('base64');
    if (this.#current?.digest === digest) return this.#current.dispatcher;
    if (this.#current) this.#retire(this.#current.dispatcher);
    const dispatcher = this.#connect(credentials);
    this.#open.add(dispatcher);
    this.#current = { digest, dispatcher };
    return dispatcher;
  }

  /** Cuts every connection, those in use too. */
  async close(): Promise<void> {
    this.#current = undefined;
    await Promise.all([...this.#open].map((dispatcher) => dispatcher.destroy()));
    this.#open.clear();
  }

  /** The certificate changed: requests under way may end, among them watches that take minutes. */
  #retire(dispatcher: Dispatcher): void {
    void dispatcher.close().finally(() => this.#open.delete(dispatcher));
  }

  #connect({ tls, proxyUrl }: Credentials): Dispatcher {
    const options = {
      // One connection for each request at a time: ending a watch closes its connection, and nobody else's.
      allowH2: false,
      connections: MAX_CONNECTIONS,
      keepAliveTimeout: KEEP_ALIVE_MS,
      // Deadlines are the transport's.
      headersTimeout: 0,
      bodyTimeout: 0,
    };
    const connect = { timeout: this.#connectTimeoutMs, keepAlive: true, keepAliveInitialDelay: 30_000 };
    if (proxyUrl) return new ProxyAgent({ ...options, uri: proxyUrl, requestTls: { ...tls, ...connect } });
    return new Agent({ ...options, connect: { ...tls, ...connect } });
  }
}
