import type { Clock } from '../runtime/clock.ts';
import { Deadline } from '../runtime/deadline.ts';
import { RuntimeError } from '../wire/errors.ts';

/** One call of a client's method: how far it has got, and when it has to be over. */
export class Call implements Disposable {
  /** What is being done, for the error when it takes too long. */
  step: string;
  readonly #deadline: Deadline;

  constructor(step: string, clock: Clock, signal?: AbortSignal) {
    this.step = step;
    this.#deadline = new Deadline(clock, signal);
  }

  /** Aborts when the caller's signal does, and when the time is up. */
  get signal(): AbortSignal {
    return this.#deadline.signal;
  }

  /** Ends the call with `RuntimeError` `TimedOut` this many seconds from now. */
  allow(seconds: number): void {
    this.#deadline.set(
      seconds * 1000,
      () => new RuntimeError('TimedOut', `${this.step} took longer than ${seconds} s`),
    );
  }

  abort(reason: Error): void {
    this.#deadline.abort(reason);
  }

  [Symbol.dispose](): void {
    this.#deadline[Symbol.dispose]();
  }
}
