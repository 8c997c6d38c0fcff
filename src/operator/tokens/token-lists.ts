import type { Watch } from '../../runtime/watch.ts';
import type { WorkQueue } from '../../runtime/work-queue.ts';
import type { StoredTokenList } from './token-list-secret.ts';

/** What is known to be stored for one server. */
export interface KnownTokenList {
  /** Of the server: a later one of its name has a list of its own. */
  uid: string;
  /** Absent: there is none. */
  list?: StoredTokenList;
  /** When that was last read or written, in milliseconds. */
  at: number;
}

/** What the operator remembers of the token lists, so that it asks for none of them twice. By `namespace/name` of servers. */
export class TokenLists {
  readonly #known = new Map<string, KnownTokenList>();
  readonly #leftOut = new Map<string, ReadonlySet<string>>();
  readonly #queues = new Set<WorkQueue>();

  known(serverKey: string, uid: string): KnownTokenList | undefined {
    const known = this.#known.get(serverKey);
    return known?.uid === uid ? known : undefined;
  }

  remember(serverKey: string, known: KnownTokenList): void {
    this.#known.set(serverKey, known);
  }

  /** A write is about to go out, and nobody knows what it will come to; or the server is gone. */
  forget(serverKey: string): void {
    this.#known.delete(serverKey);
  }

  /** Whether the list has no room for a token; undefined before it was compiled. */
  isLeftOut(serverKey: string, tokenKey: string): boolean | undefined {
    return this.#leftOut.get(serverKey)?.has(tokenKey);
  }

  /** Takes note of the tokens without room in a list, by their keys. Returns whether they are others than before. */
  leaveOut(serverKey: string, tokenKeys: ReadonlySet<string>): boolean {
    const before = this.#leftOut.get(serverKey) ?? new Set();
    this.#leftOut.set(serverKey, tokenKeys);
    const changed = [...before.symmetricDifference(tokenKeys)];
    for (const queue of this.#queues) for (const key of changed) queue.add(key);
    return changed.length > 0;
  }

  /** The list of a server is none any more. */
  drop(serverKey: string): void {
    this.forget(serverKey);
    this.#leftOut.delete(serverKey);
  }

  /** Tokens that a list has, or has no longer, no room for. */
  watch(): Watch {
    return {
      mayBeAbsent: false,
      synced: async () => {},
      feed: (queue) => {
        this.#queues.add(queue);
        return () => void this.#queues.delete(queue);
      },
    };
  }
}
