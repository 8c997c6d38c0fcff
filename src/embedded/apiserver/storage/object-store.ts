/**
 * All objects, in memory, and the log of what happened to them. Stored objects are never changed in place. Every call
 * is synchronous, so a reader that checks and then writes within one turn of the event loop sees nothing in between.
 */
import type { StoredObject } from '../base/kube-object.ts';
import { Collection, type StoreEvent } from './collection.ts';

export interface ObjectStoreOptions {
  /** How many events of each resource a watch can go back. */
  history: number;
}

export class ObjectStore {
  readonly #collections = new Map<string, Collection>();
  /** When a resource was forgotten: what happened to it before can't be told any more. */
  readonly #dropped = new Map<string, number>();
  readonly #history: number;
  #revision = 0;

  constructor(options: ObjectStoreOptions) {
    this.#history = options.history;
  }

  /** The resource version of the newest change to anything. */
  get revision(): number {
    return this.#revision;
  }

  /** By storage key, `plural.group`: all versions of a resource are one collection. */
  collection(storageKey: string): Collection {
    let found = this.#collections.get(storageKey);
    if (!found) {
      found = new Collection(this.#history, this.#dropped.get(storageKey) ?? 0);
      this.#collections.set(storageKey, found);
    }
    return found;
  }

  create(storageKey: string, object: StoredObject): StoredObject {
    return this.#commit(storageKey, 'ADDED', object, undefined);
  }

  update(storageKey: string, object: StoredObject, previous: StoredObject): StoredObject {
    return this.#commit(storageKey, 'MODIFIED', object, previous);
  }

  /** The event carries the object as it was last, with the resource version of its end. */
  remove(storageKey: string, last: StoredObject, previous: StoredObject): StoredObject {
    return this.#commit(storageKey, 'DELETED', last, previous);
  }

  /** Forgets a resource and ends its watches. */
  drop(storageKey: string): void {
    this.#collections.get(storageKey)?.close();
    this.#collections.delete(storageKey);
    this.#dropped.set(storageKey, this.#revision);
  }

  #commit(
    storageKey: string,
    type: StoreEvent['type'],
    object: StoredObject,
    previous: StoredObject | undefined,
  ): StoredObject {
    const revision = ++this.#revision;
    const stamped = { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } };
    this.collection(storageKey).commit({ type, revision, object: stamped, previous });
    return stamped;
  }
}
