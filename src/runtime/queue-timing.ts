import type { Clock } from './clock.ts';
import type { QueueMetrics } from './metrics.ts';

/** Tells the metrics of one queue how long its keys wait, and how long they are with their workers. */
export class QueueTiming {
  readonly #queue: string;
  readonly #metrics: QueueMetrics;
  readonly #clock: Clock;
  /** When a key that waits was added, by `Clock.elapsed`. */
  readonly #added = new Map<string, number>();
  /** When a worker took the key. */
  readonly #taken = new Map<string, number>();

  constructor(queue: string, metrics: QueueMetrics, clock: Clock) {
    this.#queue = queue;
    this.#metrics = metrics;
    this.#clock = clock;
    metrics.depth(queue, 0);
    metrics.observe(queue, () => [...this.#taken.values()].map((since) => this.#seconds(since)));
  }

  depth(depth: number): void {
    this.#metrics.depth(this.#queue, depth);
  }

  added(key: string): void {
    this.#added.set(key, this.#clock.elapsed());
    this.#metrics.added(this.#queue);
  }

  retried(): void {
    this.#metrics.retried(this.#queue);
  }

  taken(key: string): void {
    const added = this.#added.get(key);
    this.#added.delete(key);
    if (added !== undefined) this.#metrics.waited(this.#queue, this.#seconds(added));
    this.#taken.set(key, this.#clock.elapsed());
  }

  done(key: string): void {
    const taken = this.#taken.get(key);
    if (taken === undefined) return;
    this.#taken.delete(key);
    this.#metrics.worked(this.#queue, this.#seconds(taken));
  }

  /** What waits is dropped. */
  clear(): void {
    this.#added.clear();
    this.depth(0);
  }

  #seconds(since: number): number {
    return (this.#clock.elapsed() - since) / 1000;
  }
}
