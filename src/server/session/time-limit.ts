import type { Clock } from '../../runtime/clock.ts';
import { RuntimeError } from '../../wire/errors.ts';

/** The steps of a session, in their order, as they are called in metrics; each with its name for people. */
const STEPS = {
  publicKeys: 'the exchange of public keys',
  sessionKeys: 'the exchange of session keys',
  request: 'the request',
  response: 'taking the response',
} as const;

export type SessionStep = keyof typeof STEPS;

export interface TimeLimitOptions {
  clock: Clock;
  /** For the handshake and the request together, and once more for the response. Milliseconds; undefined: no limit. */
  totalMs: number | undefined;
  /** For each step of them. Milliseconds; undefined: the total alone. */
  stepMs: number | undefined;
  /** Called when time is up, with a `RuntimeError` `TimedOut`. */
  onTimeout: (error: RuntimeError) => void;
  /** Called with how long a step took. */
  onStepEnded: ((step: SessionStep, ms: number) => void) | undefined;
}

/** How long a client may take: one limit over all of its steps, and one for each. One timer serves both. */
export class TimeLimit implements Disposable {
  readonly #options: TimeLimitOptions;
  #endsAt: number;
  #cancel: () => void = () => {};
  #step: { name: SessionStep; startedAt: number } | undefined;

  /** @param startedAt on `clock.elapsed()`: when the time began to count */
  constructor(options: TimeLimitOptions, startedAt: number) {
    this.#options = options;
    this.#endsAt = startedAt + (options.totalMs ?? Number.POSITIVE_INFINITY);
  }

  /** The next step begins, and the one before has ended. */
  begin(name: SessionStep): void {
    this.end();
    const { clock, totalMs = Number.POSITIVE_INFINITY, stepMs = Number.POSITIVE_INFINITY, onTimeout } = this.#options;
    const now = clock.elapsed();
    this.#step = { name, startedAt: now };
    if (name === 'response') this.#endsAt = now + totalMs;
    const left = Math.max(0, this.#endsAt - now);
    const ms = Math.min(stepMs, left);
    if (ms === Number.POSITIVE_INFINITY) return;
    const [what, limit] = stepMs < left ? [STEPS[name], stepMs] : [`everything up to ${STEPS[name]}`, totalMs];
    this.#cancel = clock.after(ms, () =>
      onTimeout(new RuntimeError('TimedOut', `${what} took longer than ${limit / 1000} s`)),
    );
  }

  /** The step has ended. Until the next one begins no time counts. */
  end(): void {
    this.#cancel();
    this.#cancel = () => {};
    if (!this.#step) return;
    const { name, startedAt } = this.#step;
    this.#step = undefined;
    this.#options.onStepEnded?.(name, this.#options.clock.elapsed() - startedAt);
  }

  [Symbol.dispose](): void {
    this.#cancel();
    this.#cancel = () => {};
  }
}
