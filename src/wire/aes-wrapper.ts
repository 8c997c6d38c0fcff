import { createCipheriv, createDecipheriv, createSecretKey, type KeyObject } from 'node:crypto';
import { AES_BLOCK_BYTES, AES_KEY_BYTES } from './limits.ts';
import type { RandomBytes } from './random-bytes.ts';

const CIPHER = 'aes-256-cbc';

/** The key of a session and its current IV: AES-256-CBC with PKCS#7 padding. */
export class AESWrapper {
  readonly key: Buffer;
  /** Of the same key: with a plain buffer each operation costs five times as much. */
  readonly #keyObject: KeyObject;
  #iv: Buffer;

  /** @throws `RangeError` unless `key` has 32 bytes and `iv` 16 */
  constructor(key: Buffer, iv: Buffer) {
    if (key.length !== AES_KEY_BYTES) throw new RangeError(`an AES key has ${AES_KEY_BYTES} bytes, not ${key.length}`);
    this.key = key;
    this.#keyObject = createSecretKey(key);
    this.#iv = checkedIv(iv);
  }

  /** A fresh key and IV. */
  static generate(randomBytes: RandomBytes): AESWrapper {
    return new AESWrapper(randomBytes(AES_KEY_BYTES), randomBytes(AES_BLOCK_BYTES));
  }

  get iv(): Buffer {
    return this.#iv;
  }

  set iv(iv: Buffer) {
    this.#iv = checkedIv(iv);
  }

  encrypt(plaintext: Uint8Array): Buffer {
    const cipher = createCipheriv(CIPHER, this.#keyObject, this.#iv);
    return Buffer.concat([cipher.update(plaintext), cipher.final()]);
  }

  /** @throws when the ciphertext is no whole number of blocks or its padding is wrong */
  decrypt(ciphertext: Uint8Array): Buffer {
    const decipher = createDecipheriv(CIPHER, this.#keyObject, this.#iv);
    return Buffer.concat([decipher.update(ciphertext), decipher.final()]);
  }
}

function checkedIv(iv: Buffer): Buffer {
  if (iv.length !== AES_BLOCK_BYTES) throw new RangeError(`an IV has ${AES_BLOCK_BYTES} bytes, not ${iv.length}`);
  return iv;
}
