/** Which objects an index function gave which values for. */
export class ObjectIndex<T> {
  readonly #functions: [string, (object: T) => string[]][];
  /** Index, then value, then keys. */
  readonly #keys: Map<string, Map<string, Set<string>>>;

  constructor(indices: Record<string, (object: T) => string[]>) {
    this.#functions = Object.entries(indices);
    this.#keys = new Map(this.#functions.map(([index]) => [index, new Map()]));
  }

  /** @throws TypeError when there is no such index */
  keys(index: string, value: string): string[] {
    const values = this.#keys.get(index);
    if (!values) throw new TypeError(`the store has no index "${index}"`);
    return [...(values.get(value) ?? [])];
  }

  move(key: string, previous: T | undefined, current: T | undefined): void {
    for (const [index, values] of this.#functions) {
      if (previous) for (const value of values(previous)) this.#leave(index, value, key);
      if (current) for (const value of values(current)) this.#enter(index, value, key);
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
