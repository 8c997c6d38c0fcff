import type { KubeObject } from './objects.ts';

/** What a reflector keeps in memory: the objects of one resource as the API server last told them. */
export interface Store<T extends KubeObject> {
  /** True once the first complete list has arrived. */
  readonly hasSynced: boolean;
  /**
   * When the API server last said something for this store, by the `elapsed` of the reflector's clock: a list, an event,
   * a bookmark (about one a minute). Long ago: the objects may be old. Absent before the first.
   */
  readonly lastHeardAt: number | undefined;
  /** Resolves when `hasSynced` turns true; rejects when the signal aborts first. */
  synced(signal?: AbortSignal): Promise<void>;
  /** By `keyOf` key. */
  get(key: string): T | undefined;
  list(): T[];
  /** Objects whose index function gave this value (see {@link StoreOptions.indices}). */
  byIndex(index: string, value: string): T[];
  /**
   * Called for every change, `previous` absent on the first sight, `current` absent on deletion. A listener that
   * throws is logged and does not disturb the others. Returns the function that unsubscribes.
   */
  onChange(listener: (current: T | undefined, previous: T | undefined) => void): () => void;
  /** Resolves with the first value other than undefined that `look` gives, now or after a later change. */
  waitFor<R>(look: (store: Store<T>) => R | undefined, signal: AbortSignal): Promise<R>;
}

export interface StoreOptions<T extends KubeObject> {
  indices?: Record<string, (object: T) => string[]>;
  /** Takes less memory, and time at each look. */
  isPacked?: boolean;
}
