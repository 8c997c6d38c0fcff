import { type BackoffOptions, backoffDelay } from './backoff.ts';
import type { Clock } from './clock.ts';
import { DeadlineHeap } from './deadline-heap.ts';
import type { QueueMetrics } from './metrics.ts';
import { QueueTiming } from './queue-timing.ts';

export interface WorkQueueOptions {
  clock: Clock;
  /** What the metrics call it. */
  name?: string;
  metrics?: QueueMetrics | undefined;
  /** For {@link WorkQueue.addRateLimited}. Default 5 ms, doubling, up to 60 s, no jitter. */
  backoff?: BackoffOptions;
}

const DEFAULT_BACKOFF: BackoffOptions = { initialMs: 5, maxMs: 60_000, jitter: 'none' };

/**
 * Keys that wait for a worker. A key waits at most once; one that is added while a worker has it waits until that
 * worker is done, so no key is with two workers at a time and no addition is lost.
 */
export class WorkQueue {
  readonly #clock: Clock;
  readonly #backoff: BackoffOptions;
  readonly #timing: QueueTiming | undefined;
  /** Added and not yet given out since. */
  readonly #dirty = new Set<string>();
  /** Given out and not yet done. */
  readonly #processing = new Set<string>();
  readonly #failures = new Map<string, number>();
  readonly #delayed = new DeadlineHeap();
  /** First in, first out, without moving the rest: `#incoming` turns into `#outgoing`, reversed, when that is empty. */
  #incoming: string[] = [];
  #outgoing: string[] = [];
  readonly #getters = new Set<(key: string | undefined) => void>();
  readonly #drainWaiters = new Set<() => void>();
  #shutDown = false;
  #timer: { at: number; cancel: () => void } | undefined;

  constructor(options: WorkQueueOptions) {
    this.#clock = options.clock;
    this.#backoff = options.backoff ?? DEFAULT_BACKOFF;
    const { name = 'queue', metrics, clock } = options;
    this.#timing = metrics && new QueueTiming(name, metrics, clock);
  }

  /** Keys that wait for a worker now; delayed ones are not counted. */
  get depth(): number {
    return this.#incoming.length + this.#outgoing.length;
  }

  add(key: string): void {
    if (this.#shutDown || this.#dirty.has(key)) return;
    this.#dirty.add(key);
    this.#timing?.added(key);
    if (!this.#processing.has(key)) this.#enqueue(key);
  }

  /** Adds the key after `ms`; where it is already due earlier, that time stays. */
  addAfter(key: string, ms: number): void {
    if (this.#shutDown) return;
    if (ms > 0) {
      this.#delayed.schedule(key, this.#clock.elapsed() + ms);
      this.#armTimer();
    } else {
      this.add(key);
    }
  }

  /** Adds the key after a wait that grows with every call until {@link forget}. Returns the wait in milliseconds. */
  addRateLimited(key: string): number {
    const failures = (this.#failures.get(key) ?? 0) + 1;
    this.#failures.set(key, failures);
    const ms = backoffDelay(failures, this.#backoff);
    this.#timing?.retried();
    this.addAfter(key, ms);
    return ms;
  }

  /** The next rate-limited addition of this key starts from the shortest wait. */
  forget(key: string): void {
    this.#failures.delete(key);
  }

  /**
   * The next key, for one worker, which must call {@link done} with it; `undefined` once the queue is shut down.
   * Rejects with the signal's reason when it aborts first.
   */
  get(signal?: AbortSignal): Promise<string | undefined> {
    if (signal?.aborted) return Promise.reject(signal.reason);
    if (this.#shutDown) return Promise.resolve(undefined);
    const key = this.#dequeue();
    if (key !== undefined) return Promise.resolve(key);
    return new Promise((resolve, reject) => {
      const take = (next: string | undefined): void => {
        this.#getters.delete(take);
        signal?.removeEventListener('abort', abort);
        resolve(next);
      };
      const abort = (): void => {
        this.#getters.delete(take);
        reject(signal?.reason);
      };
      this.#getters.add(take);
      signal?.addEventListener('abort', abort, { once: true });
    });
  }

  /** The worker is finished with the key, whether it went well or not. */
  done(key: string): void {
    if (!this.#processing.delete(key)) return;
    this.#timing?.done(key);
    if (this.#dirty.has(key)) this.#enqueue(key);
    if (this.#shutDown && this.#processing.size === 0) this.#tellDrained();
  }

  /** Drops every key that waits, takes no more, and lets the workers go. Keys that are being worked on are not touched. */
  shutDown(): void {
    this.#shutDown = true;
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#delayed.clear();
    this.#dirty.clear();
    this.#failures.clear();
    this.#incoming = [];
    this.#outgoing = [];
    this.#timing?.clear();
    for (const take of [...this.#getters]) take(undefined);
    if (this.#processing.size === 0) this.#tellDrained();
  }

  /** Resolves when the queue is shut down and no worker has a key. */
  drained(): Promise<void> {
    if (this.#shutDown && this.#processing.size === 0) return Promise.resolve();
    return new Promise((resolve) => this.#drainWaiters.add(resolve));
  }

  #enqueue(key: string): void {
    this.#incoming.push(key);
    this.#timing?.depth(this.depth);
    const [take] = this.#getters;
    if (take) take(this.#dequeue());
  }

  #dequeue(): string | undefined {
    if (this.#outgoing.length === 0) {
      this.#outgoing = this.#incoming.reverse();
      this.#incoming = [];
    }
    const key = this.#outgoing.pop();
    if (key === undefined) return undefined;
    this.#dirty.delete(key);
    this.#processing.add(key);
    this.#timing?.depth(this.depth);
    this.#timing?.taken(key);
    return key;
  }

  #tellDrained(): void {
    for (const resolve of this.#drainWaiters) resolve();
    this.#drainWaiters.clear();
  }

  #armTimer(): void {
    const at = this.#delayed.earliest;
    if (at === undefined || (this.#timer && this.#timer.at <= at)) return;
    this.#timer?.cancel();
    this.#timer = { at, cancel: this.#clock.after(at - this.#clock.elapsed(), () => this.#addDue()) };
  }

  #addDue(): void {
    this.#timer = undefined;
    const now = this.#clock.elapsed();
    for (let key = this.#delayed.takeDue(now); key !== undefined; key = this.#delayed.takeDue(now)) this.add(key);
    this.#armTimer();
  }
}
