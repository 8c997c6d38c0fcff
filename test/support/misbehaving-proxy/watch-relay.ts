import type { ServerResponse } from 'node:http';
import type { Fault } from './fault.ts';

type HowToBreak = 'reset' | 'end';

/** Hands on a watch line by line, so that it can go wrong at any point of one. */
export class WatchRelay {
  readonly #response: ServerResponse;
  readonly #lagMs: number;
  #break: HowToBreak | undefined;
  #isFrozen: boolean;
  readonly #held: (() => void)[] = [];

  constructor(response: ServerResponse, { lagMs = 0, endAfterMs }: Fault, isFrozen: boolean) {
    this.#response = response;
    this.#lagMs = lagMs;
    this.#isFrozen = isFrozen;
    if (endAfterMs === undefined) return;
    const timer = setTimeout(() => this.end(), endAfterMs);
    response.once('close', () => clearTimeout(timer));
  }

  /** Takes what the API server sends until it ends, or breaks off as it does. */
  async run(body: AsyncIterable<Uint8Array>): Promise<void> {
    try {
      let begun = '';
      const decoder = new TextDecoder();
      for await (const chunk of body) {
        const lines = (begun + decoder.decode(chunk, { stream: true })).split('\n');
        begun = lines.pop() ?? '';
        for (const line of lines) this.#later(() => this.#line(`${line}\n`));
      }
      this.#later(() => this.end());
    } catch {
      this.reset();
    }
  }

  /** Half of the next line is the last that comes: then a TCP reset, or an end as if it were whole. */
  breakNextLine(how: HowToBreak): void {
    this.#break = how;
  }

  /** A text of the test's own, between two lines. */
  insert(text: string): void {
    this.#response.write(text);
  }

  end(): void {
    this.#response.end();
  }

  reset(): void {
    this.#response.socket?.resetAndDestroy();
  }

  freeze(): void {
    this.#isFrozen = true;
  }

  thaw(): void {
    this.#isFrozen = false;
    for (const step of this.#held.splice(0)) step();
  }

  #later(step: () => void): void {
    if (this.#lagMs > 0) setTimeout(() => this.#unlessFrozen(step), this.#lagMs);
    else this.#unlessFrozen(step);
  }

  #unlessFrozen(step: () => void): void {
    if (this.#isFrozen) this.#held.push(step);
    else step();
  }

  #line(line: string): void {
    if (this.#response.writableEnded || this.#response.destroyed) return;
    if (!this.#break) {
      this.#response.write(line);
      return;
    }
    const how = this.#break;
    // Once it has left this process; what comes after it finds the response closed.
    this.#response.write(line.slice(0, line.length / 2), () => (how === 'end' ? this.end() : this.reset()));
    this.freeze();
  }
}
