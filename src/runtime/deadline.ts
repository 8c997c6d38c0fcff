import type { Clock } from './clock.ts';

/**
 * A signal that aborts when the parent does, and when a time set here has passed. Dispose it when the work is over,
 * so that neither a timer nor a listener on the parent is left.
 */
export class Deadline implements Disposable {
  readonly #clock: Clock;
  readonly #controller = new AbortController();
  readonly #parent: AbortSignal | undefined;
  readonly #abortWithParent = (): void => this.#controller.abort(this.#parent?.reason);
  #cancelTimer: () => void = () => {};

  constructor(clock: Clock, parent?: AbortSignal) {
    this.#clock = clock;
    this.#parent = parent;
    if (parent?.aborted) this.#abortWithParent();
    else parent?.addEventListener('abort', this.#abortWithParent, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Aborts with `reason()` after `ms` from now; replaces the time set before. */
  set(ms: number, reason: () => Error): void {
    this.clear();
    this.#cancelTimer = this.#clock.after(ms, () => this.#controller.abort(reason()));
  }

  abort(reason: Error): void {
    this.clear();
    this.#controller.abort(reason);
  }

  /** Takes the time back; the parent still counts. */
  clear(): void {
    this.#cancelTimer();
    this.#cancelTimer = () => {};
  }

  [Symbol.dispose](): void {
    this.clear();
    this.#parent?.removeEventListener('abort', this.#abortWithParent);
  }
}
