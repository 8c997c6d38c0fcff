import { RuntimeError } from './errors.ts';

export interface SharedHandlesOptions {
  /** Nobody may join a line that is expected to take longer than this, in milliseconds. */
  maxWaitMs: number;
  /** So many may wait in any case. */
  minWaiting: number;
  /** Milliseconds since some moment. Default: the process's monotonic clock. */
  elapsed?: (() => number) | undefined;
}

interface Waiter<H> {
  resolve: (handle: H) => void;
}

/** The weight of the newest work in the mean: a machine that becomes slower is noticed within some tens of works. */
const NEWEST = 1 / 16;

/**
 * A few handles that each serve one at a time, and a line of those who wait for one, bounded by how long the work takes:
 * each who joins it can expect a handle within `maxWaitMs`, as the last works tell.
 */
export class SharedHandles<H> {
  readonly #idle: H[];
  readonly #count: number;
  readonly #waiting = new Set<Waiter<H>>();
  readonly #maxWaitMs: number;
  readonly #minWaiting: number;
  readonly #elapsed: () => number;
  /** How long one work holds a handle, in milliseconds; infinite before the first is done. */
  #mean = Number.POSITIVE_INFINITY;

  constructor(handles: readonly H[], options: SharedHandlesOptions) {
    this.#idle = [...handles];
    this.#count = handles.length;
    this.#maxWaitMs = options.maxWaitMs;
    this.#minWaiting = options.minWaiting;
    this.#elapsed = options.elapsed ?? (() => performance.now());
  }

  /** How many wait for a handle. */
  get waiting(): number {
    return this.#waiting.size;
  }

  /**
   * Runs `work` with a handle of its own.
   * @throws `RuntimeError` `Overloaded` at once when the line is too long; the signal's reason when it aborts in the line
   */
  async use<T>(work: (handle: H) => Promise<T>, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted();
    const handle = this.#idle.pop() ?? (await this.#wait(signal));
    const started = this.#elapsed();
    try {
      return await work(handle);
    } finally {
      this.#took(this.#elapsed() - started);
      this.#release(handle);
    }
  }

  async #wait(signal: AbortSignal): Promise<H> {
    if (this.isFull) throw new RuntimeError('Overloaded', 'too many wait for the private key');
    const { promise, resolve, reject } = Promise.withResolvers<H>();
    const waiter = { resolve };
    const leave = () => {
      this.#waiting.delete(waiter);
      reject(signal.reason);
    };
    this.#waiting.add(waiter);
    signal.addEventListener('abort', leave, { once: true });
    try {
      return await promise;
    } finally {
      signal.removeEventListener('abort', leave);
    }
  }

  /** Whether one more would be refused. */
  get isFull(): boolean {
    if (this.#idle.length > 0) return false;
    const others = this.#waiting.size;
    return others >= this.#minWaiting && ((others + 1) * this.#mean) / this.#count > this.#maxWaitMs;
  }

  #took(ms: number): void {
    this.#mean = Number.isFinite(this.#mean) ? this.#mean + (ms - this.#mean) * NEWEST : ms;
  }

  #release(handle: H): void {
    const [next] = this.#waiting;
    if (!next) {
      this.#idle.push(handle);
      return;
    }
    this.#waiting.delete(next);
    next.resolve(handle);
  }
}
