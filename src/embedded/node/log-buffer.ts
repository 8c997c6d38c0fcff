import { StringDecoder } from 'node:string_decoder';

/** The last part of what a program wrote, up to a number of characters, whole lines; the oldest go first. */
export class LogBuffer {
  readonly #capacity: number;
  readonly #decoder = new StringDecoder('utf8');
  readonly #listeners = new Set<() => void>();
  #lines: string[] = [];
  #size = 0;
  #partial = '';
  /** How many lines were dropped, so that a follower knows where it is. */
  #dropped = 0;
  #ended = false;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  append(chunk: Buffer): void {
    const parts = (this.#partial + this.#decoder.write(chunk)).split('\n');
    this.#partial = parts.pop() ?? '';
    for (const line of parts) this.#push(line);
    // A line without an end must not grow for ever.
    if (this.#partial.length > this.#capacity / 4) {
      this.#push(this.#partial);
      this.#partial = '';
    }
    this.#tell();
  }

  /** Nothing more will come. */
  end(): void {
    if (this.#partial) this.#push(this.#partial);
    this.#partial = '';
    this.#ended = true;
    this.#tell();
  }

  /** The last lines, all that are kept where no number is given, each with its line end. */
  tail(lines?: number): string {
    const kept = this.#partial ? [...this.#lines, this.#partial] : this.#lines;
    const chosen = lines === undefined ? kept : kept.slice(Math.max(0, kept.length - lines));
    return chosen.map((line) => `${line}\n`).join('');
  }

  /** The last lines, then what follows, until the program ends or the signal aborts. */
  async *follow(lines: number | undefined, signal: AbortSignal): AsyncGenerator<string> {
    const kept = this.#lines.length;
    let next = this.#dropped + (lines === undefined ? 0 : Math.max(0, kept - lines));
    while (!signal.aborted) {
      const chosen = this.#lines.slice(Math.max(0, next - this.#dropped));
      next = this.#dropped + this.#lines.length;
      if (chosen.length > 0) yield chosen.map((line) => `${line}\n`).join('');
      else if (this.#ended) return;
      else await this.#changed(signal);
    }
  }

  #push(line: string): void {
    this.#lines.push(line);
    this.#size += line.length + 1;
    if (this.#size <= this.#capacity) return;
    // A quarter at a time: dropping line by line would copy the rest for each.
    let drop = 0;
    while (this.#size > this.#capacity * 0.75 && drop < this.#lines.length - 1) {
      this.#size -= (this.#lines[drop]?.length ?? 0) + 1;
      drop += 1;
    }
    this.#lines = this.#lines.slice(drop);
    this.#dropped += drop;
  }

  #tell(): void {
    for (const listener of [...this.#listeners]) listener();
  }

  #changed(signal: AbortSignal): Promise<void> {
    return new Promise((resolve) => {
      const finish = () => {
        this.#listeners.delete(finish);
        signal.removeEventListener('abort', finish);
        resolve();
      };
      this.#listeners.add(finish);
      signal.addEventListener('abort', finish, { once: true });
    });
  }
}
