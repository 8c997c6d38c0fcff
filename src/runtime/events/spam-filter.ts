import { BoundedMap } from './bounded-map.ts';

interface Bucket {
  tokens: number;
  /** When the tokens were counted, by `Clock.elapsed`. */
  at: number;
}

export interface SpamFilterOptions {
  /** Writes that an object may cause at once. */
  burst: number;
  /** After how long it may cause one more. */
  refillMs: number;
  /** Objects that are remembered. */
  limit: number;
}

/** A token bucket for each object: one object that fails all the time does not fill the API server. */
export class SpamFilter {
  readonly #options: SpamFilterOptions;
  readonly #buckets: BoundedMap<Bucket>;

  constructor(options: SpamFilterOptions) {
    this.#options = options;
    this.#buckets = new BoundedMap(options.limit);
  }

  /** Whether the object may cause a write now, which then counts. */
  take(object: string, now: number): boolean {
    const tokens = this.#tokens(object, now);
    this.#buckets.set(object, { tokens: tokens >= 1 ? tokens - 1 : tokens, at: now });
    return tokens >= 1;
  }

  /** Milliseconds until {@link take} says yes. */
  wait(object: string, now: number): number {
    return Math.max(0, Math.ceil((1 - this.#tokens(object, now)) * this.#options.refillMs));
  }

  #tokens(object: string, now: number): number {
    const { burst, refillMs } = this.#options;
    const bucket = this.#buckets.get(object);
    return bucket ? Math.min(burst, bucket.tokens + (now - bucket.at) / refillMs) : burst;
  }
}
