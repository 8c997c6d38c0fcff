import type { RSAWrapper } from '../../src/wire/rsa-wrapper.ts';

/** A real key, of which it can be told whether it is at work: as long as it is, a client's time must not pass. */
export class WatchedKey implements Pick<RSAWrapper, keyof RSAWrapper> {
  readonly #key: RSAWrapper;
  #atWork = 0;

  constructor(key: RSAWrapper) {
    this.#key = key;
  }

  get publicKeyPem(): string {
    return this.#key.publicKeyPem;
  }

  get publicKeySha256(): string {
    return this.#key.publicKeySha256;
  }

  get blockBytes(): number {
    return this.#key.blockBytes;
  }

  get queueLength(): number {
    return this.#key.queueLength;
  }

  get isOverloaded(): boolean {
    return this.#key.isOverloaded;
  }

  get isAtWork(): boolean {
    return this.#atWork > 0;
  }

  async decrypt(block: Uint8Array<ArrayBuffer>, signal: AbortSignal): Promise<Buffer> {
    this.#atWork += 1;
    try {
      return await this.#key.decrypt(block, signal);
    } finally {
      this.#atWork -= 1;
    }
  }

  /** For those who ask for the class itself. */
  get asWrapper(): RSAWrapper {
    return this as unknown as RSAWrapper;
  }
}
