import { setImmediate } from 'node:timers/promises';
import { backoffDelay } from '../runtime/backoff.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';
import { canResume } from './can-resume.ts';
import type { KubeClient, ListQuery, WatchEvent } from './client.ts';
import { isExpired, KubeError } from './errors.ts';
import { listAll } from './list-all.ts';
import { withoutManagedFields } from './managed-fields.ts';
import type { ObjectStore } from './object-store.ts';
import type { KubeObject, Resource } from './objects.ts';

/** The calls that a reflector makes. */
type Source = Pick<KubeClient, 'list' | 'watch'>;

export interface ReflectorOptions {
  /** Stops it; nothing is opened after that. */
  signal: AbortSignal;
  clock: Clock;
  log: Log;
  /** From 0 up to, and not including, 1. Default `Math.random`. */
  random?: () => number;
  /** Objects in one answer of a list. Default 100. */
  pageSize?: number;
}

/**
 * A watch that lived this long worked: the next one is opened at once, and waits start from the shortest again. A list
 * that is younger is not repeated at once.
 */
const LIVED_MS = 10_000;

const MAX_WAIT_MS = 30_000;

/** A burst of events comes without a pause: others get their turn after this many. */
const EVENTS_PER_TURN = 100;

/**
 * Keeps the store like the API server's objects: list, then watch from there, for ever. No failure ends it: it waits,
 * 0.8 s doubling to 30 s, and goes on from the last version seen, or lists again where the server can't or the stream
 * can't be trusted. What was deleted meanwhile is reported then. Resolves when the signal has aborted; never rejects.
 */
export async function startReflector<T extends KubeObject>(
  client: Source,
  resource: Resource<T>,
  query: ListQuery,
  store: ObjectStore<T>,
  options: ReflectorOptions,
): Promise<void> {
  await new Reflector(client, resource, query, store, options).run();
}

class Reflector<T extends KubeObject> {
  readonly #client: Source;
  readonly #resource: Resource<T>;
  readonly #query: ListQuery;
  readonly #store: ObjectStore<T>;
  readonly #options: ReflectorOptions;
  readonly #random: () => number;
  /** Where to go on; absent when a list is due. */
  #version: string | undefined;
  #listedAt = Number.NEGATIVE_INFINITY;
  #failures = 0;

  constructor(
    client: Source,
    resource: Resource<T>,
    query: ListQuery,
    store: ObjectStore<T>,
    options: ReflectorOptions,
  ) {
    this.#client = client;
    this.#resource = resource;
    this.#query = query;
    this.#store = store;
    this.#options = options;
    this.#random = options.random ?? Math.random;
  }

  async run(): Promise<void> {
    const { signal, clock } = this.#options;
    while (!signal.aborted) {
      const wait = await this.#listAndWatch();
      if (wait > 0 && !signal.aborted) await clock.sleep(wait, signal).catch(() => {});
    }
  }

  /** One list, where it is due, and one watch. Returns how long to wait before the next, in milliseconds. */
  async #listAndWatch(): Promise<number> {
    const { signal, clock } = this.#options;
    let openedAt: number | undefined;
    try {
      const version = this.#version ?? (await this.#list());
      openedAt = clock.elapsed();
      await this.#watch(version);
      return this.#waitAfter(openedAt);
    } catch (error) {
      if (signal.aborted) return 0;
      const wait = this.#recover(error, openedAt);
      this.#log(error, wait);
      return wait;
    }
  }

  async #list(): Promise<string> {
    const { signal, clock, pageSize } = this.#options;
    this.#listedAt = clock.elapsed();
    const onPage = () => this.#store.heardAt(clock.elapsed());
    const { items, resourceVersion } = await listAll(this.#client, this.#resource, this.#query, {
      signal,
      onPage,
      ...(pageSize && { pageSize }),
    });
    signal.throwIfAborted();
    this.#store.replace(items);
    this.#version = resourceVersion;
    return resourceVersion;
  }

  async #watch(resourceVersion: string): Promise<void> {
    const timeoutSeconds = Math.floor(300 + 300 * this.#random());
    const query = { ...this.#query, resourceVersion, timeoutSeconds };
    let taken = 0;
    for await (const event of this.#client.watch(this.#resource, query, this.#options.signal)) {
      this.#take(event);
      taken += 1;
      if (taken % EVENTS_PER_TURN === 0) await setImmediate();
    }
  }

  #take(event: WatchEvent<T>): void {
    // Aborted while the event was on its way to us: whoever stopped this expects no more changes.
    this.#options.signal.throwIfAborted();
    this.#store.heardAt(this.#options.clock.elapsed());
    if (event.type === 'BOOKMARK') {
      this.#version = event.resourceVersion;
      return;
    }
    const object = withoutManagedFields(event.object);
    if (event.type === 'DELETED') this.#store.remove(object);
    else this.#store.put(object);
    this.#version = object.metadata.resourceVersion ?? this.#version;
    this.#failures = 0;
  }

  #recover(error: unknown, openedAt: number | undefined): number {
    if (!canResume(error)) this.#version = undefined;
    // The version is too old, or a page's token is: list at once, unless that was just tried.
    return isExpired(error) && this.#hasLived(this.#listedAt) ? 0 : this.#waitAfter(openedAt, error);
  }

  #hasLived(since: number): boolean {
    return this.#options.clock.elapsed() - since >= LIVED_MS;
  }

  #waitAfter(openedAt: number | undefined, error?: unknown): number {
    const hasLived = openedAt !== undefined && this.#hasLived(openedAt);
    if (hasLived) this.#failures = 0;
    const asked = error instanceof KubeError ? (error.retryAfterSeconds ?? 0) * 1000 : 0;
    const needed = hasLived && this.#version !== undefined ? 0 : this.#nextWait();
    return Math.max(needed, Math.min(asked, MAX_WAIT_MS));
  }

  #nextWait(): number {
    this.#failures += 1;
    return backoffDelay(this.#failures, { initialMs: 800, maxMs: MAX_WAIT_MS, random: this.#random });
  }

  #log(error: unknown, retryInMs: number): void {
    const { kind } = this.#resource;
    const fields = { kind, namespace: this.#query.namespace, err: error, failures: this.#failures, retryInMs };
    if (this.#failures > 1) this.#options.log.warn(fields, 'list or watch failed again');
    else this.#options.log.info(fields, 'list or watch failed');
  }
}
