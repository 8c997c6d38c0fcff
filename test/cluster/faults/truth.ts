import { request } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '../../support/control-plane.ts';
import { History } from './history.ts';

interface ConfigMap {
  metadata: { name: string; namespace: string; uid: string; resourceVersion: string };
}

/**
 * What really happened to the ConfigMaps of a namespace: an administrator's list and watch, past the proxy, and with no
 * code of ours in common with the reflector's.
 */
export class Truth {
  readonly history = new History();
  readonly #connection: Connection;
  readonly #path: string;
  readonly #stop = new AbortController();
  #watching: Promise<void> = Promise.resolve();

  private constructor(connection: Connection, namespace: string) {
    this.#connection = connection;
    this.#path = `/api/v1/namespaces/${namespace}/configmaps`;
  }

  static async start(connection: Connection, namespace: string): Promise<Truth> {
    const truth = new Truth(connection, namespace);
    truth.#watching = truth.#watch(await truth.#resume());
    return truth;
  }

  /** A fresh list: `name uid version` of each, sorted. */
  async now(): Promise<string[]> {
    const { items } = await this.#list();
    return items.map(({ metadata: { name, uid, resourceVersion } }) => `${name} ${uid} ${resourceVersion}`).sort();
  }

  async end(): Promise<void> {
    this.#stop.abort();
    await this.#watching;
  }

  async #list(): Promise<{ items: ConfigMap[]; metadata: { resourceVersion: string } }> {
    let text = '';
    for await (const chunk of this.#get(this.#path)) text += chunk;
    return JSON.parse(text);
  }

  async #resume(): Promise<string> {
    const { items, metadata } = await this.#list();
    this.history.replace(items);
    return metadata.resourceVersion;
  }

  /** From version to version, past the end of each watch and the absence of the API server. */
  async #watch(from: string): Promise<void> {
    let version: string | undefined = from;
    while (!this.#stop.signal.aborted) {
      try {
        version ??= await this.#resume();
        for await (const line of this.#lines(`${this.#path}?watch=true&resourceVersion=${version}`)) {
          const { type, object } = JSON.parse(line);
          // Too old: a list is due.
          version = type === 'ERROR' ? undefined : object.metadata.resourceVersion;
          if (version === undefined) break;
          this.history.add(object, type);
        }
      } catch {
        await sleep(50);
      }
    }
  }

  async *#lines(path: string): AsyncGenerator<string> {
    let begun = '';
    for await (const chunk of this.#get(path)) {
      const lines = (begun + chunk).split('\n');
      begun = lines.pop() ?? '';
      yield* lines;
    }
  }

  async *#get(path: string): AsyncGenerator<string> {
    const { url, caCertificate: ca, adminToken } = this.#connection;
    const headers = { Authorization: `Bearer ${adminToken}` };
    const { promise, resolve, reject } = Promise.withResolvers<AsyncIterable<string>>();
    const call = request(url + path, { ca, headers, agent: false, signal: this.#stop.signal });
    call.on('error', reject).on('response', (response) => {
      if (response.statusCode === 200) return resolve(response.setEncoding('utf8'));
      response.resume();
      reject(new Error(`the API server answered ${response.statusCode}`));
    });
    call.end();
    yield* await promise;
  }
}
