/** Numbers that look random and are the same for the same seed: sfc32, which is fast and long enough for this. */
export class Random {
  #a: number;
  #b: number;
  #c: number;
  #counter: number;

  /** @param stream tells the numbers of one run from those of another under the same seed */
  constructor(seed: number, stream: number) {
    this.#a = seed | 0;
    this.#b = stream | 0;
    this.#c = Math.floor(stream / 2 ** 32) | 0;
    this.#counter = 1;
    for (let round = 0; round < 12; round += 1) this.word();
  }

  /** 32 bits. */
  word(): number {
    const sum = (((this.#a + this.#b) | 0) + this.#counter) | 0;
    this.#counter = (this.#counter + 1) | 0;
    this.#a = this.#b ^ (this.#b >>> 9);
    this.#b = (this.#c + (this.#c << 3)) | 0;
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0;
    return sum >>> 0;
  }

  /** From 0 up to `count` - 1. */
  below(count: number): number {
    return this.word() % count;
  }

  between(least: number, most: number): number {
    return least + this.below(most - least + 1);
  }

  /** True once in `count` times. */
  oneIn(count: number): boolean {
    return this.below(count) === 0;
  }

  pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }

  bytes(length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    for (let at = 0; at < length; at += 1) bytes[at] = this.word() >>> 24;
    return bytes;
  }

  /** A length: mostly short, now and then near `most`. */
  length(most: number): number {
    const bound = this.oneIn(8) ? most : Math.min(most, 1 << this.between(1, 10));
    return this.below(bound + 1);
  }
}
