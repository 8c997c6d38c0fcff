import type { Log } from '../runtime/log.ts';

/** Which objects an index function gave which values for. A function that throws gives none; it is logged. */
export class ObjectIndex<T> {
  readonly #functions: [string, (object: T) => string[]][];
  readonly #log: Log;
  /** Index, then value, then keys. */
  readonly #keys: Map<string, Map<string, Set<string>>>;

  constructor(indices: Record<string, (object: T) => string[]>, log: Log) {
    this.#functions = Object.entries(indices);
    this.#log = log;
    this.#keys = new Map(this.#functions.map(([index]) => [index, new Map()]));
  }

  /** @throws TypeError when there is no such index */
  keys(index: string, value: string): string[] {
    const values = this.#keys.get(index);
    if (!values) throw new TypeError(`the store has no index "${index}"`);
    return [...(values.get(value) ?? [])];
  }

  move(key: string, previous: T | undefined, current: T | undefined): void {
    for (const [index, valuesOf] of this.#functions) {
      if (previous) for (const value of this.#values(index, valuesOf, previous)) this.#leave(index, value, key);
      if (current) for (const value of this.#values(index, valuesOf, current)) this.#enter(index, value, key);
    }
  }

  #values(index: string, valuesOf: (object: T) => string[], object: T): string[] {
    try {
      return valuesOf(object);
    } catch (error) {
      this.#log.error({ index, err: error }, 'an index function of the store threw');
      return [];
    }
  }

  #enter(index: string, value: string, key: string): void {
    const values = this.#keys.get(index);
    const keys = values?.get(value);
    if (keys) keys.add(key);
    else values?.set(value, new Set([key]));
  }

  #leave(index: string, value: string, key: string): void {
    const values = this.#keys.get(index);
    const keys = values?.get(value);
    keys?.delete(key);
    if (keys?.size === 0) values?.delete(value);
  }
}
