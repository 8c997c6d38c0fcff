import { RuntimeError } from './errors.ts';

interface Waiter<H> {
  resolve: (handle: H) => void;
}

/** A few handles that each serve one at a time, and a bounded line of those who wait for one. */
export class SharedHandles<H> {
  readonly #idle: H[];
  readonly #waiting = new Set<Waiter<H>>();
  readonly #maxWaiting: number;

  constructor(handles: readonly H[], maxWaiting: number) {
    this.#idle = [...handles];
    this.#maxWaiting = maxWaiting;
  }

  /**
   * Runs `work` with a handle of its own.
   * @throws `RuntimeError` `Overloaded` at once when the line is full; the signal's reason when it aborts in the line
   */
  async use<T>(work: (handle: H) => Promise<T>, signal: AbortSignal): Promise<T> {
    signal.throwIfAborted();
    const handle = this.#idle.pop() ?? (await this.#wait(signal));
    try {
      return await work(handle);
    } finally {
      this.#release(handle);
    }
  }

  async #wait(signal: AbortSignal): Promise<H> {
    if (this.#waiting.size >= this.#maxWaiting)
      throw new RuntimeError('Overloaded', 'too many wait for the private key');
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
