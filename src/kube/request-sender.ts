import type { KubeConfig } from '@kubernetes/client-node';
import type { Dispatcher } from 'undici';
import type { Clock } from '../runtime/clock.ts';
import { ConnectionPool } from './connection-pool.ts';
import { CredentialSource } from './credential-source.ts';
import type { Credentials } from './credentials.ts';
import type { RequestMetrics } from './request-metrics.ts';
import { type RateLimit, TokenBucket } from './token-bucket.ts';

export interface SenderOptions {
  clock: Clock;
  userAgent: string;
  connectTimeoutMs: number;
  rateLimit: RateLimit | false;
  metrics: RequestMetrics | undefined;
  beforeWrite: (() => void) | undefined;
}

export interface Request {
  method: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** With its query. */
  path: string;
  body?: unknown;
  /** Default `application/json`. */
  contentType?: string;
}

/** Brings requests to the API server: each waits for its turn, gets credentials and a connection, and is counted. */
export class RequestSender {
  readonly #options: SenderOptions;
  readonly #credentials: CredentialSource;
  readonly #pool: ConnectionPool;
  readonly #bucket: TokenBucket | undefined;

  constructor(config: KubeConfig, options: SenderOptions) {
    this.#options = options;
    this.#credentials = new CredentialSource(config, options.clock);
    this.#pool = new ConnectionPool(options);
    this.#bucket = options.rateLimit ? new TokenBucket(options.clock, options.rateLimit) : undefined;
  }

  /**
   * A function that sends the request, each time it is called, and gives the answer whatever its code. Of all these times
   * a single 401 is not given back: nothing was done then, so the request goes out once more with credentials made anew.
   */
  prepare(request: Request, signal: AbortSignal): () => Promise<Dispatcher.ResponseData> {
    let isRenewed = false;
    const send = async (): Promise<Dispatcher.ResponseData> => {
      await this.#turn(signal);
      // A credentials plugin may hang.
      const credentials = await unlessAborted(this.#credentials.read(), signal);
      const answer = await this.#exchange(request, credentials, signal);
      if (answer.statusCode !== 401 || isRenewed) return answer;
      isRenewed = true;
      await answer.body.dump();
      this.#credentials.renew(credentials);
      return send();
    };
    return send;
  }

  /** Cuts every connection. */
  close(): Promise<void> {
    return this.#pool.close();
  }

  async #turn(signal: AbortSignal): Promise<void> {
    const waitedMs = (await this.#bucket?.take(signal)) ?? 0;
    if (waitedMs > 0) this.#options.metrics?.throttled(waitedMs / 1000);
  }

  async #exchange(request: Request, credentials: Credentials, signal: AbortSignal): Promise<Dispatcher.ResponseData> {
    const { method, body, contentType = 'application/json' } = request;
    const url = new URL(credentials.server + request.path);
    const headers: Record<string, string> = {
      Accept: 'application/json',
      'User-Agent': this.#options.userAgent,
      ...credentials.headers,
    };
    if (body !== undefined) headers['Content-Type'] = contentType;
    const answer = this.#pool.for(credentials).request({
      origin: url.origin,
      path: url.pathname + url.search,
      method,
      headers,
      body: body === undefined ? null : JSON.stringify(body),
      signal,
    });
    // A request that has no connection yet does not notice its signal.
    return this.#counted(unlessAborted(answer, signal), method, url.host);
  }

  async #counted(
    request: Promise<Dispatcher.ResponseData>,
    method: string,
    host: string,
  ): Promise<Dispatcher.ResponseData> {
    const { clock, metrics } = this.#options;
    const since = clock.elapsed();
    const count = (code: string): void =>
      metrics?.answered({ method, host, code, seconds: (clock.elapsed() - since) / 1000 });
    try {
      const answer = await request;
      count(String(answer.statusCode));
      return answer;
    } catch (error) {
      count('<error>');
      throw error;
    }
  }
}

function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = (): void => reject(signal.reason);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
    void work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}
