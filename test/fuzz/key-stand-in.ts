import { ValueError } from '../../src/wire/errors.ts';
import type { RSAWrapper } from '../../src/wire/rsa-wrapper.ts';

/**
 * Stands in for a private key where the time it takes would be most of a run: it opens the blocks that it is told of, and
 * fails on every other as the key does.
 */
export class KeyStandIn implements Pick<RSAWrapper, keyof RSAWrapper> {
  readonly publicKeyPem: string;
  readonly publicKeySha256: string;
  readonly blockBytes: number;
  readonly queueLength = 0;
  readonly isOverloaded = false;
  readonly #plaintexts = new Map<string, Buffer>();

  constructor({ publicKeyPem, publicKeySha256, blockBytes }: RSAWrapper) {
    this.publicKeyPem = publicKeyPem;
    this.publicKeySha256 = publicKeySha256;
    this.blockBytes = blockBytes;
  }

  /** From now on this block opens. */
  learn(block: Buffer, plaintext: Buffer): void {
    this.#plaintexts.set(block.toString('latin1'), plaintext);
  }

  async decrypt(block: Uint8Array): Promise<Buffer> {
    const plaintext = this.#plaintexts.get(Buffer.from(block).toString('latin1'));
    if (!plaintext) throw new ValueError('BadKeyBlock', 'the key block cannot be decrypted');
    return Buffer.from(plaintext);
  }

  /** For those who ask for the class itself, which nobody but it can make. */
  get asWrapper(): RSAWrapper {
    return this as unknown as RSAWrapper;
  }
}
