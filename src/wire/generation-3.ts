import type { AESWrapper } from './aes-wrapper.ts';
import { bodyLength } from './body-length.ts';
import { ValueError } from './errors.ts';
import type { Generation } from './generation.ts';
import { AES_BLOCK_BYTES } from './limits.ts';
import { LEAST_BODY_BYTES, trailingIv } from './trailing-iv.ts';

/** Clients 4.x: the header is the decimal length, encrypted; the body is ciphertext and then the next IV. */
export const generation3: Generation = {
  number: 3,
  headerBytes: AES_BLOCK_BYTES,
  ...trailingIv,
  sealHeader: (length, aes) => aes.encrypt(Buffer.from(String(length), 'ascii')),
  openHeader: (header, aes) => bodyLength(decryptedLength(header, aes), LEAST_BODY_BYTES),
};

function decryptedLength(header: Buffer, aes: AESWrapper): number {
  const digits = decrypted(header, aes);
  if (!/^[1-9][0-9]{0,6}$/.test(digits)) throw new ValueError('BadHeader', 'the length header is not a decimal number');
  return Number.parseInt(digits, 10);
}

function decrypted(header: Buffer, aes: AESWrapper): string {
  try {
    return aes.decrypt(header).toString('latin1');
  } catch {
    throw new ValueError('BadHeader', 'the length header cannot be decrypted');
  }
}
