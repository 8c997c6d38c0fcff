import { type ClientRequest, request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { History } from './history.ts';
import type { WatchedKind } from './kinds.ts';
import type { AnyObject, Version } from './version.ts';

interface TruthOptions {
  url: string;
  /** PEM. */
  caCertificate: string;
  adminToken: string;
}

/**
 * What really happens in the cluster: an administrator's watch of every kind, past the proxies, and with no code in common
 * with the client of the programs.
 */
export class Truth {
  readonly #options: TruthOptions;
  readonly #histories = new Map<string, History>();
  readonly #stop = new AbortController();
  #watching: Promise<unknown> = Promise.resolve();
  /** A watch that broke off may have missed something: no verdict is worth anything then. */
  broken: string | undefined;

  private constructor(options: TruthOptions) {
    this.#options = options;
  }

  static async start(options: TruthOptions, kinds: readonly WatchedKind[]): Promise<Truth> {
    const truth = new Truth(options);
    const begun = kinds.map((kind) => truth.#from(kind));
    const versions = await Promise.all(begun);
    truth.#watching = Promise.all(kinds.map((kind, index) => truth.#watch(kind, versions[index] ?? '')));
    return truth;
  }

  /** Of a namespace, from its beginning. */
  history(namespace: string): History {
    const history = this.#histories.get(namespace) ?? new History();
    this.#histories.set(namespace, history);
    return history;
  }

  /** Nobody asks for it any more. */
  forget(namespace: string): void {
    this.#histories.delete(namespace);
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#watching;
  }

  async #from({ path }: WatchedKind): Promise<string> {
    let text = '';
    for await (const chunk of await this.#get(`${path}?limit=1`)) text += chunk;
    return JSON.parse(text).metadata.resourceVersion;
  }

  /** From version to version, past the regular end of each watch. */
  async #watch({ kind, path }: WatchedKind, from: string): Promise<void> {
    let version = from;
    while (!this.#stop.signal.aborted) {
      try {
        const query = `watch=true&allowWatchBookmarks=true&resourceVersion=${version}`;
        for await (const line of lines(await this.#get(`${path}?${query}`))) {
          const { type, object }: { type: Version['type'] | 'BOOKMARK' | 'ERROR'; object: AnyObject } =
            JSON.parse(line);
          if (type === 'ERROR') throw new Error(JSON.stringify(object));
          version = object.metadata.resourceVersion;
          if (type !== 'BOOKMARK') this.#take({ type, kind, object, at: Date.now() });
        }
      } catch (error) {
        if (this.#stop.signal.aborted) return;
        this.broken = `the truth watch of ${kind} broke off: ${error instanceof Error ? error.message : error}`;
        return;
      }
    }
  }

  #take(version: Version): void {
    this.#histories.get(version.object.metadata.namespace ?? '')?.add(version);
  }

  #get(path: string): Promise<IncomingMessage> {
    const { url, caCertificate: ca, adminToken } = this.#options;
    const headers = { Authorization: `Bearer ${adminToken}` };
    const options = { headers, agent: false, signal: this.#stop.signal } as const;
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const call: ClientRequest = url.startsWith('https:')
      ? httpsRequest(url + path, { ...options, ca })
      : httpRequest(url + path, options);
    call.on('error', reject).on('response', (response) => {
      if (response.statusCode === 200) return resolve(response.setEncoding('utf8'));
      response.resume();
      reject(new Error(`the API server answered ${response.statusCode} to ${path}`));
    });
    call.end();
    return promise;
  }
}

async function* lines(chunks: AsyncIterable<string>): AsyncGenerator<string> {
  let begun = '';
  for await (const chunk of chunks) {
    const whole = (begun + chunk).split('\n');
    begun = whole.pop() ?? '';
    yield* whole;
  }
}
