/** Metrics that keep nothing: their values are made anew for each look, so that nothing is left of what is gone. */
import { Counter, type CounterConfiguration, Gauge, type GaugeConfiguration } from 'prom-client';

export interface Reading<L extends string> {
  labels: Partial<Record<L, string>>;
  value: number;
}

export class ComputedGauge<L extends string> extends Gauge<L> {
  readonly #read: () => Reading<L>[];

  constructor(configuration: GaugeConfiguration<L>, read: () => Reading<L>[]) {
    super(configuration);
    this.#read = read;
  }

  override async get() {
    // Before anything is waited for, so that all metrics of one look are read in one turn.
    const values = this.#read();
    return { ...(await super.get()), values };
  }
}

export class ComputedCounter<L extends string> extends Counter<L> {
  readonly #read: () => Reading<L>[];

  constructor(configuration: CounterConfiguration<L>, read: () => Reading<L>[]) {
    super(configuration);
    this.#read = read;
  }

  override async get() {
    const values = this.#read();
    return { ...(await super.get()), values };
  }
}

/** What `read` gives, once for all who ask in the same turn of the event loop. */
export function onceInTurn<T>(read: () => T): () => T {
  let known: { value: T } | undefined;
  return () => {
    if (!known) {
      known = { value: read() };
      queueMicrotask(() => {
        known = undefined;
      });
    }
    return known.value;
  };
}
