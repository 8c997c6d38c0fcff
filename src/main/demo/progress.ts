/** A line for each step, with the seconds since the start. */
export class Progress {
  readonly #write: (text: string) => void;
  readonly #start: number;

  constructor(write: (text: string) => void, start: number) {
    this.#write = write;
    this.#start = start;
  }

  /** What was just reached. */
  step(line: string): void {
    this.#write(`[${this.seconds().padStart(6)} s] ${line}\n`);
  }

  /** More about the step above. */
  detail(line: string): void {
    this.#write(`           ${line}\n`);
  }

  seconds(): string {
    return ((performance.now() - this.#start) / 1000).toFixed(1);
  }
}
