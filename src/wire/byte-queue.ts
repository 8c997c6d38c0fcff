const SMALLEST = 256;
const NOTHING = Buffer.alloc(0);

/**
 * Bytes, first in, first out, copied into one buffer: a byte that arrives alone costs a byte, not a buffer of its own.
 */
export class ByteQueue {
  #bytes = NOTHING;
  #start = 0;
  #end = 0;

  get length(): number {
    return this.#end - this.#start;
  }

  push(chunk: Uint8Array): void {
    if (this.#end + chunk.length > this.#bytes.length) this.#makeRoom(chunk.length);
    this.#bytes.set(chunk, this.#end);
    this.#end += chunk.length;
  }

  /** A copy of the oldest `count` bytes, which are then gone from here. */
  take(count: number): Buffer {
    if (count > this.length) throw new RangeError(`${count} bytes were asked for, ${this.length} are there`);
    const taken = Buffer.from(this.#bytes.subarray(this.#start, this.#start + count));
    this.#start += count;
    if (this.length === 0) this.clear();
    return taken;
  }

  clear(): void {
    this.#bytes = NOTHING;
    this.#start = 0;
    this.#end = 0;
  }

  #makeRoom(more: number): void {
    const needed = this.length + more;
    const bytes = Buffer.alloc(Math.max(SMALLEST, needed + Math.ceil(needed / 4)));
    this.#bytes.copy(bytes, 0, this.#start, this.#end);
    this.#end = this.length;
    this.#start = 0;
    this.#bytes = bytes;
  }
}
