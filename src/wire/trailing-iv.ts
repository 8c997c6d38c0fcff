/** The bodies of generations 2 and 3: ciphertext, and then the IV of the next message. */
import type { Generation } from './generation.ts';
import { AES_BLOCK_BYTES } from './limits.ts';

/** One block of ciphertext and one IV. In bytes. */
export const LEAST_BODY_BYTES = 2 * AES_BLOCK_BYTES;

export const trailingIv: Pick<Generation, 'sealBody' | 'openBody'> = {
  sealBody(plaintext, aes, randomBytes) {
    const nextIv = randomBytes(AES_BLOCK_BYTES);
    return { body: Buffer.concat([aes.encrypt(plaintext), nextIv]), nextIv };
  },
  openBody(body, aes) {
    const plaintext = aes.decrypt(body.subarray(0, -AES_BLOCK_BYTES));
    return { plaintext, nextIv: body.subarray(-AES_BLOCK_BYTES) };
  },
};
