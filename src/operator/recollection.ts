import type { Clock } from '../runtime/clock.ts';
import { BoundedMap } from '../runtime/events/bounded-map.ts';

interface Known<T> {
  of: string;
  value: T;
  until: number;
}

/** Forgotten first is what was asked for the longest ago. */
const REMEMBERED = 10_000;

/**
 * What was found out by asking, for as long as it is good: the operator has no cache of Secrets, and a change of a
 * container must not cost a request for each of them.
 */
export class Recollection<T> {
  readonly #clock: Clock;
  readonly #known = new BoundedMap<Known<T>>(REMEMBERED);

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /**
   * @param key what is asked about
   * @param of what of it: another answer is not good for that
   * @param look asks; it is given what was known before, however old. `forMs` is how long its answer is good
   * @returns the value, and for how many milliseconds it is good from now
   */
  async recall(
    key: string,
    of: string,
    look: (before: T | undefined) => Promise<{ value: T; forMs: number }>,
  ): Promise<{ value: T; leftMs: number }> {
    const stored = this.#known.get(key);
    const known = stored?.of === of ? stored : undefined;
    const leftMs = (known?.until ?? 0) - this.#clock.elapsed();
    if (known && leftMs > 0) return { value: known.value, leftMs };
    const { value, forMs } = await look(known?.value);
    this.#known.set(key, { of, value, until: this.#clock.elapsed() + forMs });
    return { value, leftMs: forMs };
  }

  forget(key: string): void {
    this.#known.delete(key);
  }
}
