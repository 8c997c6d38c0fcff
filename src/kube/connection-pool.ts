import { createHash } from 'node:crypto';
import { Agent, type Dispatcher, ProxyAgent } from 'undici';
import type { Credentials } from './credentials.ts';
import { writeGate } from './write-gate.ts';

/** More requests than this at a time, watches included, wait for a connection (and for their deadline). */
const MAX_CONNECTIONS = 256;

/** Shorter than the 90 s after which an API server closes an idle connection. */
const KEEP_ALIVE_MS = 30_000;

interface PoolOptions {
  connectTimeoutMs: number;
  /** See {@link writeGate}. */
  beforeWrite?: (() => void) | undefined;
}

/** Keep-alive connections, shared by all requests with the same CA, certificate and proxy. */
export class ConnectionPool {
  readonly #options: PoolOptions;
  #current: { digest: string; connections: Dispatcher; gate: Dispatcher } | undefined;
  readonly #open = new Set<Dispatcher>();

  constructor(options: PoolOptions) {
    this.#options = options;
  }

  for(credentials: Credentials): Dispatcher {
    const digest = createHash('sha256')
      .update(JSON.stringify([credentials.proxyUrl, credentials.tls]))
      .digest('base64');
    if (this.#current?.digest === digest) return this.#current.gate;
    if (this.#current) this.#retire(this.#current.connections);
    const connections = this.#connect(credentials);
    const { beforeWrite } = this.#options;
    const gate = beforeWrite ? connections.compose(writeGate(beforeWrite)) : connections;
    this.#open.add(connections);
    this.#current = { digest, connections, gate };
    return gate;
  }

  /** Cuts every connection, those in use too. */
  async close(): Promise<void> {
    this.#current = undefined;
    await Promise.all([...this.#open].map((connections) => connections.destroy()));
    this.#open.clear();
  }

  /** The certificate changed: requests under way may end, among them watches that take minutes. */
  #retire(connections: Dispatcher): void {
    void connections.close().finally(() => this.#open.delete(connections));
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
    const timeout = this.#options.connectTimeoutMs;
    const connect = { timeout, keepAlive: true, keepAliveInitialDelay: 30_000 };
    if (proxyUrl) return new ProxyAgent({ ...options, uri: proxyUrl, requestTls: { ...tls, ...connect } });
    return new Agent({ ...options, connect: { ...tls, ...connect } });
  }
}
