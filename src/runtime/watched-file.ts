import { createHash } from 'node:crypto';
import type { Clock } from './clock.ts';
import { readCapped } from './read-capped.ts';

type Contents<Paths extends readonly string[]> = { [Path in keyof Paths]: Buffer };

export interface WatchedFileOptions<T, Paths extends readonly string[]> {
  /**
   * The contents, in the order of the paths → the value. Must throw when they do not belong together: while files are
   * being replaced, one may be read new and the other old, or half of one.
   */
  parse: (contents: Contents<Paths>) => T;
  clock: Clock;
  /** Between the end of one reading and the next. Default 1 s. */
  intervalMs?: number;
  /** Of each file. Default 1 MiB. */
  maxBytes?: number;
  /** Takes a changed value before `current` gives it; what it throws refuses the value, as `parse` does. */
  onReload?: (value: T) => void;
  /**
   * The files cannot be read or parsed and the value before stays. Called once for each distinct failure, and only when
   * the next reading fails too: files that are being replaced are missing or cut short for a moment.
   */
  onError?: (error: unknown) => void;
}

const INTERVAL_MS = 1_000;
const MAX_BYTES = 1024 * 1024;

/**
 * The value of a file, or of several that belong together, read again for as long as it is open. Contents are compared,
 * by path at each reading: inodes, times and notifications tell nothing reliable about files behind links that are swapped,
 * as mounted Secrets are.
 */
export class WatchedFile<T> implements Disposable {
  readonly #read: () => Promise<Buffer[]>;
  readonly #options: Pick<WatchedFileOptions<T, string[]>, 'parse' | 'clock' | 'intervalMs' | 'onReload' | 'onError'>;
  #cancelTimer: () => void = () => {};
  #isDisposed = false;
  #value: T;
  #digest: string;
  /** The content that was refused last, so that it is not parsed again and again. */
  #refused: { digest: string; error: unknown } | undefined;
  #isFailing = false;
  /** The failure that `onError` was last told of. */
  #told: string | undefined;

  private constructor(read: () => Promise<Buffer[]>, options: WatchedFileOptions<T, string[]>, contents: Buffer[]) {
    this.#read = read;
    this.#options = options;
    this.#value = options.parse(contents);
    this.#digest = digestOf(contents);
    this.#schedule();
  }

  /** @throws when a file cannot be read, or whatever `parse` throws: there is no value to go on with yet */
  static async open<T, const Paths extends readonly string[]>(
    paths: Paths,
    options: WatchedFileOptions<T, Paths>,
  ): Promise<WatchedFile<T>> {
    const { maxBytes = MAX_BYTES } = options;
    const read = async () => {
      const contents: Buffer[] = [];
      // One after the other: when one fails, none is still under way.
      for (const path of paths) contents.push(await readCapped(path, maxBytes));
      return contents;
    };
    const parse = (contents: Buffer[]) => options.parse(contents as Contents<Paths>);
    return new WatchedFile(read, { ...options, parse }, await read());
  }

  /** The value of the last contents that were read whole and accepted. */
  get current(): T {
    return this.#value;
  }

  [Symbol.dispose](): void {
    this.#isDisposed = true;
    this.#cancelTimer();
  }

  #schedule(): void {
    const { clock, intervalMs = INTERVAL_MS } = this.#options;
    if (!this.#isDisposed) this.#cancelTimer = clock.after(intervalMs, () => void this.#poll());
  }

  async #poll(): Promise<void> {
    try {
      const contents = await this.#read();
      if (!this.#isDisposed) this.#take(contents);
    } catch (error) {
      if (!this.#isDisposed) this.#fail(error);
    }
    this.#schedule();
  }

  #take(contents: Buffer[]): void {
    const digest = digestOf(contents);
    if (digest === this.#refused?.digest) throw this.#refused.error;
    if (digest !== this.#digest) this.#replace(contents, digest);
    this.#refused = undefined;
    this.#isFailing = false;
    this.#told = undefined;
  }

  #replace(contents: Buffer[], digest: string): void {
    try {
      const value = this.#options.parse(contents);
      this.#options.onReload?.(value);
      this.#value = value;
      this.#digest = digest;
    } catch (error) {
      this.#refused = { digest, error };
      throw error;
    }
  }

  #fail(error: unknown): void {
    const failure = String(error);
    if (this.#isFailing && failure !== this.#told) {
      this.#told = failure;
      this.#options.onError?.(error);
    }
    this.#isFailing = true;
  }
}

/** The contents themselves may be secret and large: what is kept to compare with is neither. */
function digestOf(contents: Buffer[]): string {
  const hash = createHash('sha256');
  for (const content of contents) hash.update(createHash('sha256').update(content).digest());
  return hash.digest('base64');
}
