/** The objects of one resource, their recent history, and those who watch them. */
import type { StoredObject } from '../base/kube-object.ts';

export interface StoreEvent {
  type: 'ADDED' | 'MODIFIED' | 'DELETED';
  revision: number;
  object: StoredObject;
  /** The object before, absent for an addition. */
  previous: StoredObject | undefined;
}

export interface Watcher {
  next(event: StoreEvent): void;
  /** The resource is gone. */
  end(): void;
}

export class Collection {
  readonly #objects = new Map<string, StoredObject>();
  readonly #watchers = new Set<Watcher>();
  readonly #limit: number;
  #events: StoreEvent[] = [];
  /** Changes up to this revision are forgotten. */
  #forgotten: number;

  constructor(history: number, revision: number) {
    this.#limit = history;
    this.#forgotten = revision;
  }

  get size(): number {
    return this.#objects.size;
  }

  get(namespace: string | undefined, name: string): StoredObject | undefined {
    return this.#objects.get(keyOf(namespace, name));
  }

  /** In the order of their keys: namespace, then name. */
  list(namespace?: string): StoredObject[] {
    const keys = [...this.#objects.keys()].filter((key) => !namespace || key.startsWith(`${namespace}/`));
    return keys.sort().flatMap((key) => this.#objects.get(key) ?? []);
  }

  commit(event: StoreEvent): void {
    const { namespace, name = '' } = event.object.metadata;
    const key = keyOf(namespace, name);
    if (event.type === 'DELETED') this.#objects.delete(key);
    else this.#objects.set(key, event.object);
    this.#remember(event);
    for (const watcher of [...this.#watchers]) watcher.next(event);
  }

  /** Replaces every object by another form of it. It did not change, so nobody is told. */
  rewrite(change: (object: StoredObject) => StoredObject): void {
    for (const [key, object] of this.#objects) this.#objects.set(key, change(object));
  }

  /** Changes after a revision, `undefined` when some of them are forgotten. */
  since(revision: number): StoreEvent[] | undefined {
    if (revision < this.#forgotten) return undefined;
    const first = this.#events.findIndex((event) => event.revision > revision);
    return first < 0 ? [] : this.#events.slice(first);
  }

  /** Returns the function that unsubscribes. */
  subscribe(watcher: Watcher): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  close(): void {
    for (const watcher of [...this.#watchers]) watcher.end();
    this.#watchers.clear();
  }

  #remember(event: StoreEvent): void {
    this.#events.push(event);
    // Cut in large pieces: dropping one event at a time would copy the whole log for each write.
    if (this.#events.length > this.#limit * 2) {
      this.#forgotten = this.#events.at(-this.#limit - 1)?.revision ?? this.#forgotten;
      this.#events = this.#events.slice(-this.#limit);
    }
  }
}

function keyOf(namespace: string | undefined, name: string): string {
  return namespace ? `${namespace}/${name}` : name;
}
