import type { Log } from '../runtime/log.ts';
import { ObjectIndex } from './object-index.ts';
import { type KubeObject, keyOf } from './objects.ts';
import { PackedMap } from './packed-map.ts';
import type { Store, StoreOptions } from './store.ts';

type Listener<T> = (current: T | undefined, previous: T | undefined) => void;

/** The store that a reflector fills. Its objects may be shared by everyone who looks: nobody may change them. */
export class ObjectStore<T extends KubeObject> implements Store<T> {
  readonly #log: Log;
  readonly #index: ObjectIndex<T>;
  readonly #objects: Pick<PackedMap<T>, 'get' | 'set' | 'delete'> & { keys(): Iterable<string> };
  readonly #listeners = new Set<Listener<T>>();
  /** Called once after each event or complete list. */
  readonly #waiters = new Set<() => void>();
  #hasSynced = false;
  #lastHeardAt: number | undefined;

  constructor(options: StoreOptions<T> & { log: Log }) {
    this.#log = options.log;
    this.#objects = options.isPacked ? new PackedMap<T>() : new Map<string, T>();
    this.#index = new ObjectIndex(options.indices ?? {}, options.log);
  }

  get hasSynced(): boolean {
    return this.#hasSynced;
  }

  get lastHeardAt(): number | undefined {
    return this.#lastHeardAt;
  }

  async synced(signal?: AbortSignal): Promise<void> {
    await this.waitFor((store) => store.hasSynced || undefined, signal);
  }

  get(key: string): T | undefined {
    return this.#objects.get(key);
  }

  list(): T[] {
    return [...this.#objects.keys()].flatMap((key) => this.#objects.get(key) ?? []);
  }

  byIndex(index: string, value: string): T[] {
    return this.#index.keys(index, value).flatMap((key) => this.#objects.get(key) ?? []);
  }

  onChange(listener: Listener<T>): () => void {
    // A function of its own, so that the same listener can subscribe twice.
    const subscription: Listener<T> = (current, previous) => listener(current, previous);
    this.#listeners.add(subscription);
    return () => this.#listeners.delete(subscription);
  }

  waitFor<R>(look: (store: Store<T>) => R | undefined, signal?: AbortSignal): Promise<R> {
    return new Promise((resolve, reject) => {
      if (signal?.aborted) return reject(signal.reason);
      const end = (): void => {
        this.#waiters.delete(check);
        signal?.removeEventListener('abort', abort);
      };
      const abort = (): void => {
        end();
        reject(signal?.reason);
      };
      const check = (): void => {
        try {
          const found = look(this);
          if (found === undefined) return;
          end();
          resolve(found);
        } catch (error) {
          end();
          reject(error);
        }
      };
      this.#waiters.add(check);
      signal?.addEventListener('abort', abort, { once: true });
      check();
    });
  }

  /** Notes that the API server said something, be it that nothing changed. */
  heardAt(now: number): void {
    this.#lastHeardAt = now;
  }

  /** Takes over a complete list. An object of another uid under a known name is a deletion and a new object. */
  replace(objects: T[]): void {
    const known = new Map(objects.map((object) => [keyOf(object.metadata), object]));
    const changes: Change<T>[] = [];
    for (const key of [...this.#objects.keys()]) if (!known.has(key)) changes.push(...this.#remove(key));
    for (const object of objects) changes.push(...this.#put(object));
    this.#hasSynced = true;
    this.#tell(changes);
  }

  /** Takes over one object that was added or changed. */
  put(object: T): void {
    this.#tell(this.#put(object));
  }

  /** Takes out one object, unless another one has its name by now. */
  remove(object: T): void {
    const key = keyOf(object.metadata);
    if (this.#objects.get(key)?.metadata.uid === object.metadata.uid) this.#tell(this.#remove(key));
  }

  #put(object: T): Change<T>[] {
    const key = keyOf(object.metadata);
    const previous = this.#objects.get(key);
    if (previous && previous.metadata.uid !== object.metadata.uid) return [...this.#remove(key), ...this.#put(object)];
    if (isSame(previous, object)) return [];
    this.#objects.set(key, object);
    this.#index.move(key, previous, object);
    return [{ current: object, previous }];
  }

  #remove(key: string): Change<T>[] {
    const previous = this.#objects.get(key);
    if (!previous) return [];
    this.#objects.delete(key);
    this.#index.move(key, previous, undefined);
    return [{ current: undefined, previous }];
  }

  #tell(changes: Change<T>[]): void {
    for (const { current, previous } of changes) {
      for (const listener of [...this.#listeners])
        if (this.#listeners.has(listener)) this.#call(listener, current, previous);
    }
    for (const check of [...this.#waiters]) check();
  }

  #call(listener: Listener<T>, current: T | undefined, previous: T | undefined): void {
    const fail = (error: unknown): void => this.#log.error({ err: error }, 'a listener of the store threw');
    try {
      const result: unknown = listener(current, previous);
      // An asynchronous function passes for a listener, and a rejection that nobody takes ends the process.
      if (result instanceof Promise) result.catch(fail);
    } catch (error) {
      fail(error);
    }
  }
}

interface Change<T> {
  current: T | undefined;
  previous: T | undefined;
}

function isSame(previous: KubeObject | undefined, object: KubeObject): boolean {
  const version = object.metadata.resourceVersion;
  return version !== undefined && previous?.metadata.resourceVersion === version;
}
