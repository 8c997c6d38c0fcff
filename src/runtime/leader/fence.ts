import type { Clock } from '../clock.ts';

/** A moment by both clocks. */
export interface Moment {
  elapsed: number;
  now: number;
}

/**
 * For how long a holder may act on its lease, asked of the clock at each call: a process that slept through its deadline
 * sees that it did before any of its timers runs.
 */
export class Fence {
  readonly #clock: Clock;
  readonly #durationMs: number;
  #since: Moment;

  /** @param durationMs counted from the *start* of the last request that renewed the lease */
  constructor(clock: Clock, durationMs: number, since: Moment) {
    this.#clock = clock;
    this.#durationMs = durationMs;
    this.#since = since;
  }

  static moment(clock: Clock): Moment {
    return { elapsed: clock.elapsed(), now: clock.now() };
  }

  /** Milliseconds until it expires. */
  get expiresIn(): number {
    return this.#since.elapsed + this.#durationMs - this.#clock.elapsed();
  }

  /**
   * Also false while the wall clock says that the time has passed: on a machine that was suspended the monotonic one
   * stood still. Then the next renewal tells whether somebody took the lease meanwhile.
   */
  holds(): boolean {
    return this.expiresIn > 0 && this.#clock.now() - this.#since.now < this.#durationMs;
  }

  /** The lease was renewed by a request that began at `since`. */
  extend(since: Moment): void {
    this.#since = since;
  }
}
