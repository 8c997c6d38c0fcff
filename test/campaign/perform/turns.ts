/** Lets so many work at a time; what only waits gives its turn to another. */
export class Turns {
  #free: number;
  readonly #waiting: (() => void)[] = [];

  constructor(count: number) {
    this.#free = count;
  }

  async take(): Promise<void> {
    if (this.#free > 0) this.#free -= 1;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
  }

  giveBack(): void {
    const next = this.#waiting.shift();
    if (next) next();
    else this.#free += 1;
  }

  /** Gives the turn back for as long as `wait` takes, and has the next one: what has begun is to end. */
  async without<T>(wait: () => Promise<T>): Promise<T> {
    this.giveBack();
    try {
      return await wait();
    } finally {
      if (this.#free > 0) this.#free -= 1;
      else await new Promise<void>((resolve) => this.#waiting.unshift(resolve));
    }
  }
}
