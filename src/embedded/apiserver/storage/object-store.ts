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
      // What happened to it before, if it was dropped, can't be told any more.
      found = new Collection(this.#history, this.#revision);
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
  }

  #commit(
    storageKey: string,
    type: StoreEvent['type'],
    object: StoredObject,
    previous: StoredObject | undefined,
  ): StoredObject {
    const collection = this.collection(storageKey);
    const revision = ++this.#revision;
    const stamped = { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } };
    collection.commit({ type, revision, object: stamped, previous });
    return stamped;
  }
}
