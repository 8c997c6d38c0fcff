import type { WorkQueue } from './work-queue.ts';

/** Objects of one kind that are kept up to date by somebody else, such as a store that a reflector fills. */
export interface Source<T> {
  list(): Iterable<T>;
  /** `previous` is absent on the first sight, `current` on deletion. Returns the function that unsubscribes. */
  onChange(listener: (current: T | undefined, previous: T | undefined) => void): () => void;
  /** Resolves once the first complete list is there; rejects with the signal's reason. */
  synced(signal?: AbortSignal): Promise<void>;
}

/** Whether a change is worth a reconcile; either side is absent as for {@link Source.onChange}. */
type Predicate<T> = (current: T | undefined, previous: T | undefined) => boolean;

export interface WatchOptions<T> {
  /** Default: every change. What is there at the start counts as seen for the first time. */
  when?: Predicate<T>;
  /**
   * How long a change waits, in milliseconds, so that those that come close together are one reconcile. Default: none does.
   */
  settleMs?: (current: T | undefined, previous: T | undefined) => number;
  /** The controller starts without this source, whose kind may not even exist yet. */
  mayBeAbsent?: boolean;
}

/** A source whose changes a controller reconciles by key. */
export interface Watch {
  readonly mayBeAbsent: boolean;
  synced(signal: AbortSignal): Promise<void>;
  /** Adds the keys of everything that is there, and from then on of everything that changes, until the result is called. */
  feed(queue: WorkQueue): () => void;
}

/**
 * Changes of a source, as keys to reconcile.
 * @param keys which keys an object concerns: its own, its owners', whatever it names. A change concerns those of the
 *   object as it was too, so that an owner that lost it hears of it.
 */
export function watch<T>(
  source: Source<T>,
  keys: (object: T) => Iterable<string>,
  options: WatchOptions<T> = {},
): Watch {
  const { when = () => true, settleMs = () => 0, mayBeAbsent = false } = options;
  return {
    mayBeAbsent,
    synced: (signal) => source.synced(signal),
    feed(queue) {
      const tell = (current: T | undefined, previous: T | undefined): void => {
        if (!when(current, previous)) return;
        // Each once: a second addition would make an idle worker do it all again.
        const concerned = new Set<string>();
        for (const object of [previous, current]) {
          if (object !== undefined) for (const key of keys(object)) concerned.add(key);
        }
        const wait = settleMs(current, previous);
        for (const key of concerned) queue.addAfter(key, wait);
      };
      const unsubscribe = source.onChange(tell);
      for (const object of source.list()) tell(object, undefined);
      return unsubscribe;
    },
  };
}
