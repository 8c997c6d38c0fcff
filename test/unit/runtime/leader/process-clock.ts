import type { Clock } from '../../../../src/runtime/clock.ts';
import { sleepOn } from '../../../../src/runtime/sleep.ts';
import type { FakeClock } from '../../../support/fake-clock.ts';

/** The clock of one simulated process: runs at the rate of the others from a beginning of its own, also while the process stands still. */
export class ProcessClock implements Clock {
  readonly #world: FakeClock;
  readonly #bootMs: number;
  /** Its wall clock is wrong by this much. */
  readonly #skewMs: number;
  #isPaused = false;
  /** What happened to the process while it stood still. */
  #missed: (() => void)[] = [];

  constructor(world: FakeClock, bootMs: number, skewMs: number) {
    this.#world = world;
    this.#bootMs = bootMs;
    this.#skewMs = skewMs;
  }

  now(): number {
    return this.#world.now() + this.#skewMs;
  }

  elapsed(): number {
    return this.#world.elapsed() + this.#bootMs;
  }

  after(ms: number, callback: () => void): () => void {
    let isCancelled = false;
    const cancelTimer = this.#world.after(ms, () =>
      this.happens(() => {
        if (!isCancelled) callback();
      }),
    );
    return () => {
      isCancelled = true;
      cancelTimer();
    };
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    return sleepOn((time, callback) => this.after(time, callback), ms, signal);
  }

  /** A timer or an answer that reaches the process: now, or when it runs again. */
  happens(event: () => void): void {
    if (this.#isPaused) this.#missed.push(event);
    else event();
  }

  pause(): void {
    this.#isPaused = true;
  }

  /** @param order of what was missed: an event loop promises none between timers and answers */
  resume(order: 'as it happened' | 'reversed'): void {
    this.#isPaused = false;
    const missed = this.#missed;
    this.#missed = [];
    if (order === 'reversed') missed.reverse();
    // Each as an event of its own, with what its promises lead to before the next.
    for (const event of missed) this.#world.after(0, () => this.happens(event));
  }
}
