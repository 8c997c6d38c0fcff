import { readFileSync } from 'node:fs';

/**
 * A bearer token in a file that others replace, as the kubelet does. It is read for each request, so a new one counts
 * at once; while the file can't be read, or is empty, the last one read counts.
 */
export class TokenFile {
  readonly #path: string;
  #last: string | undefined;

  constructor(path: string) {
    this.#path = path;
  }

  /** @throws Error when there was never a token */
  read(): string {
    try {
      // It may end with a line break, which no header may.
      const token = readFileSync(this.#path, 'utf8').trim();
      if (token === '') throw new Error(`the token file ${this.#path} is empty`);
      this.#last = token;
    } catch (error) {
      if (this.#last === undefined) throw error;
    }
    return this.#last;
  }
}
