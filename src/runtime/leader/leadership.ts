import type { Clock } from '../clock.ts';
import { Fence, type Moment } from './fence.ts';

/** The lease isn't held any more, or may not be: nothing may be written on its account. */
export class LeadershipLost extends Error {
  override readonly name = 'LeadershipLost';
}

/** What the leader's work gets. */
export interface Leadership {
  /** Aborts with {@link LeadershipLost} when the lease is lost or may be. A stop does not abort it. */
  readonly signal: AbortSignal;
  /** Whether the lease is held for certain, by the clock at this moment. */
  mayWrite(): boolean;
  /** To be called right before each write. @throws LeadershipLost from the moment that the lease may have been lost */
  assertLeading(): void;
}

/** Leadership that ends by itself unless it is extended. */
export class TimedLeadership implements Leadership {
  readonly #clock: Clock;
  readonly #fence: Fence;
  readonly #controller = new AbortController();
  #cancelTimer: () => void = () => {};

  /** @param since when the request began that got the lease */
  constructor(clock: Clock, renewDeadlineMs: number, since: Moment) {
    this.#clock = clock;
    this.#fence = new Fence(clock, renewDeadlineMs, since);
    this.#armTimer();
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  mayWrite(): boolean {
    return !this.signal.aborted && this.#fence.holds();
  }

  assertLeading(): void {
    this.signal.throwIfAborted();
    if (!this.#fence.holds()) throw new LeadershipLost('the lease was not renewed in time');
  }

  /** The lease was renewed, by a request that began at `since`. */
  extend(since: Moment): void {
    if (this.signal.aborted) return;
    this.#fence.extend(since);
    this.#armTimer();
  }

  /** From now on nobody leads here. */
  lose(why: string): void {
    this.#cancelTimer();
    this.#controller.abort(new LeadershipLost(why));
  }

  #armTimer(): void {
    this.#cancelTimer();
    const check = (): void => {
      if (this.#fence.expiresIn > 0) this.#armTimer();
      else this.lose('the lease was not renewed in time');
    };
    this.#cancelTimer = this.#clock.after(this.#fence.expiresIn, check);
  }
}
