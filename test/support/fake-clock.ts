import { setImmediate } from 'node:timers/promises';
import type { Clock } from '../../src/runtime/clock.ts';
import { sleepOn } from '../../src/runtime/sleep.ts';

interface Timer {
  at: number;
  callback: () => void;
}

/** Time that stands still until a test moves it. */
export class FakeClock implements Clock {
  #elapsed = 0;
  /** What the wall clock shows beyond the time that has passed. */
  #epoch: number;
  readonly #timers = new Set<Timer>();
  readonly #waiters = new Set<() => void>();

  constructor(now = 0) {
    this.#epoch = now;
  }

  /** Timers that wait to run. */
  get pending(): number {
    return this.#timers.size;
  }

  now(): number {
    return this.#epoch + this.#elapsed;
  }

  elapsed(): number {
    return this.#elapsed;
  }

  /** Somebody sets the wall clock forward (or, negative, back): no time passes. */
  setForward(ms: number): void {
    this.#epoch += ms;
  }

  after(ms: number, callback: () => void): () => void {
    const timer = { at: this.#elapsed + Math.max(0, ms), callback };
    this.#timers.add(timer);
    for (const check of [...this.#waiters]) check();
    return () => this.#timers.delete(timer);
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return sleepOn((time, callback) => this.after(time, callback), ms, signal);
  }

  /** Resolves once `count` timers wait to run, however the code under test gets there. */
  untilPending(count: number): Promise<void> {
    return new Promise((resolve) => {
      const check = (): void => {
        if (this.#timers.size < count) return;
        this.#waiters.delete(check);
        resolve();
      };
      this.#waiters.add(check);
      check();
    });
  }

  /**
   * Moves time on by `ms`: runs what is due in order of time (of equal times, the one set first), each at its own time,
   * and lets all promises that hang on it settle before the next.
   */
  async advance(ms: number): Promise<void> {
    const until = this.#elapsed + ms;
    await setImmediate();
    for (let timer = this.#next(until); timer; timer = this.#next(until)) {
      this.#timers.delete(timer);
      this.#elapsed = Math.max(this.#elapsed, timer.at);
      timer.callback();
      await setImmediate();
    }
    this.#elapsed = until;
  }

  /** Waits until a timer is set, moves time on to the earliest and runs it. Returns how long that was, in milliseconds. */
  async advanceToNext(): Promise<number> {
    await this.untilPending(1);
    await setImmediate();
    const ms = (this.#next(Number.POSITIVE_INFINITY)?.at ?? this.#elapsed) - this.#elapsed;
    await this.advance(ms);
    return ms;
  }

  #next(until: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of this.#timers) if (timer.at <= until && (!first || timer.at < first.at)) first = timer;
    return first;
  }
}
