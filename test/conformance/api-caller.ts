/** Plain HTTP to an API server: what comes back is what it sent, so that a behaviour can look at everything. */
import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { Agent } from 'undici';

// biome-ignore lint/suspicious/noExplicitAny: an answer of any shape, which the behaviour asserts on
export type Json = any;

export interface Answer {
  code: number;
  headers: Record<string, string | string[] | undefined>;
  /** Parsed where it is JSON, else the text. */
  body: Json;
}

export interface CallOptions {
  body?: unknown;
  /** Default `application/json`. */
  contentType?: string;
  /** Default `application/json`. */
  accept?: string;
  /** Others than those. */
  headers?: Record<string, string | string[]>;
}

/** Event by event; `next` throws after 10 s without one. */
export interface WatchStream extends AsyncDisposable {
  next(): Promise<{ type: string; object: Json }>;
  /** Resolves when the server has ended the stream, with what came until then. */
  rest(): Promise<{ type: string; object: Json }[]>;
}

const EVENT_DEADLINE_MS = 10_000;

export class ApiCaller {
  readonly #url: string;
  readonly #token: string;
  readonly #agent: Agent;

  constructor(server: { url: string; caCertificate: string }, token: string) {
    this.#url = server.url;
    this.#token = token;
    this.#agent = new Agent({ connect: { ca: server.caCertificate }, connections: 16 });
  }

  get = (path: string, options?: CallOptions) => this.call('GET', path, options);
  post = (path: string, body: unknown, options?: CallOptions) => this.call('POST', path, { ...options, body });
  put = (path: string, body: unknown, options?: CallOptions) => this.call('PUT', path, { ...options, body });
  delete = (path: string, body?: unknown) => this.call('DELETE', path, { body });
  jsonPatch = (path: string, body: unknown) => this.#patch('json-patch+json', path, body);
  mergePatch = (path: string, body: unknown) => this.#patch('merge-patch+json', path, body);
  strategicPatch = (path: string, body: unknown) => this.#patch('strategic-merge-patch+json', path, body);
  /** The path carries `fieldManager` and `force`. */
  apply = (path: string, body: unknown) => this.#patch('apply-patch+yaml', path, body);

  #patch(type: string, path: string, body: unknown): Promise<Answer> {
    return this.call('PATCH', path, { body, contentType: `application/${type}` });
  }

  async call(method: string, path: string, options: CallOptions = {}): Promise<Answer> {
    const { body, contentType = 'application/json', accept = 'application/json', headers } = options;
    const answer = await this.#agent.request({
      origin: this.#url,
      path,
      method: method as 'GET',
      headers: { ...headers, ...this.#headers(accept), ...(body !== undefined && { 'Content-Type': contentType }) },
      body: body === undefined ? null : typeof body === 'string' ? body : JSON.stringify(body),
      headersTimeout: 30_000,
      bodyTimeout: 30_000,
    });
    const text = await answer.body.text();
    return { code: answer.statusCode, headers: answer.headers, body: parsed(text) };
  }

  /** @param path with its query, `watch=true` among it */
  async watch(path: string): Promise<WatchStream> {
    const stop = new AbortController();
    const answer = await this.#agent.request({
      origin: this.#url,
      path,
      method: 'GET',
      headers: this.#headers('application/json'),
      signal: stop.signal,
      headersTimeout: 30_000,
      bodyTimeout: 0,
    });
    if (answer.statusCode !== 200) throw new Error(`watch answered ${answer.statusCode}: ${await answer.body.text()}`);
    const body = Readable.from(answer.body).on('error', () => undefined);
    const lines = createInterface({ input: body })[Symbol.asyncIterator]();
    return {
      async next() {
        const { done, value } = await within(lines.next());
        if (done) throw new Error('the watch ended');
        return JSON.parse(value);
      },
      async rest() {
        const events = [];
        for (let one = await within(lines.next()); !one.done; one = await within(lines.next())) {
          events.push(JSON.parse(one.value));
        }
        return events;
      },
      async [Symbol.asyncDispose]() {
        stop.abort();
      },
    };
  }

  close(): Promise<void> {
    return this.#agent.destroy();
  }

  #headers(accept: string): Record<string, string> {
    return { Accept: accept, ...(this.#token && { Authorization: `Bearer ${this.#token}` }) };
  }
}

async function within<T>(event: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no event for ${EVENT_DEADLINE_MS} ms`)), EVENT_DEADLINE_MS);
  });
  try {
    return await Promise.race([event, late]);
  } finally {
    clearTimeout(timer);
  }
}

function parsed(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
