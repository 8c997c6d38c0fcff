import type { Clock } from '../runtime/clock.ts';

export interface RateLimit {
  /** In the long run; more than 0. */
  perSecond: number;
  /** At once, after a quiet time; at least 1. */
  burst: number;
}

/** Lets so many pass per second, in the order in which they came. One timer, however many wait. */
export class TokenBucket {
  readonly #clock: Clock;
  readonly #limit: RateLimit;
  readonly #waiting = new Set<() => void>();
  #tokens: number;
  #filledAt: number;
  #cancelTimer: (() => void) | undefined;

  constructor(clock: Clock, limit: RateLimit) {
    const { perSecond, burst } = limit;
    if (!(perSecond > 0 && burst >= 1))
      throw new RangeError(`a rate of ${perSecond}/s, ${burst} at once, lets nothing pass`);
    this.#clock = clock;
    this.#limit = limit;
    this.#tokens = limit.burst;
    this.#filledAt = clock.elapsed();
  }

  /**
   * Resolves when it is the caller's turn, with the milliseconds that it had to wait; rejects with the signal's reason
   * when it aborts first.
   */
  take(signal: AbortSignal): Promise<number> {
    if (signal.aborted) return Promise.reject(signal.reason);
    if (this.#waiting.size === 0 && this.#takeNow()) return Promise.resolve(0);
    const since = this.#clock.elapsed();
    return new Promise((resolve, reject) => {
      const pass = (): void => {
        leave();
        resolve(this.#clock.elapsed() - since);
      };
      const abort = (): void => {
        leave();
        if (this.#waiting.size === 0) this.#disarm();
        reject(signal.reason);
      };
      const leave = (): void => {
        this.#waiting.delete(pass);
        signal.removeEventListener('abort', abort);
      };
      signal.addEventListener('abort', abort, { once: true });
      this.#waiting.add(pass);
      this.#arm();
    });
  }

  #takeNow(): boolean {
    const now = this.#clock.elapsed();
    const seconds = (now - this.#filledAt) / 1000;
    this.#tokens = Math.min(this.#limit.burst, this.#tokens + seconds * this.#limit.perSecond);
    this.#filledAt = now;
    // Sums of fractions come out a little below the whole.
    if (this.#tokens < 1 - 1e-9) return false;
    this.#tokens -= 1;
    return true;
  }

  #arm(): void {
    if (this.#cancelTimer || this.#waiting.size === 0) return;
    const ms = Math.ceil(((1 - this.#tokens) / this.#limit.perSecond) * 1000);
    this.#cancelTimer = this.#clock.after(Math.max(1, ms), () => {
      this.#cancelTimer = undefined;
      for (const pass of this.#waiting) {
        if (!this.#takeNow()) break;
        pass();
      }
      this.#arm();
    });
  }

  #disarm(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
  }
}
