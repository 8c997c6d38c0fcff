import type { AESWrapper } from './aes-wrapper.ts';
import { ValueError } from './errors.ts';
import type { Generation, OpenedBody } from './generation.ts';
import { atMost } from './length-header.ts';
import { AES_BLOCK_BYTES, MAX_BODY_BYTES, MIN_BODY_BYTES } from './limits.ts';

/** Clients 4.x: the header is the decimal length, encrypted; the body is ciphertext and then the next IV. */
export const generation3: Generation = {
  number: 3,
  headerBytes: AES_BLOCK_BYTES,
  sealBody(plaintext, aes, randomBytes) {
    const nextIv = randomBytes(AES_BLOCK_BYTES);
    return { body: Buffer.concat([aes.encrypt(plaintext), nextIv]), nextIv };
  },
  sealHeader: (bodyLength, aes) => aes.encrypt(Buffer.from(String(bodyLength), 'ascii')),
  openHeader: (header, aes) => bodyLength(decryptedDigits(header, aes)),
  openBody,
};

function openBody(body: Buffer, aes: AESWrapper): OpenedBody {
  const plaintext = aes.decrypt(body.subarray(0, -AES_BLOCK_BYTES));
  return { plaintext, nextIv: body.subarray(-AES_BLOCK_BYTES) };
}

function decryptedDigits(header: Buffer, aes: AESWrapper): string {
  try {
    return aes.decrypt(header).toString('latin1');
  } catch {
    throw new ValueError('BadHeader', 'the length header cannot be decrypted');
  }
}

function bodyLength(digits: string): number {
  if (!/^[1-9][0-9]{0,6}$/.test(digits)) throw new ValueError('BadHeader', 'the length header is not a decimal number');
  const length = atMost(MAX_BODY_BYTES, Number.parseInt(digits, 10));
  if (length < MIN_BODY_BYTES || length % AES_BLOCK_BYTES !== 0) {
    throw new ValueError('BadLength', `no message has a body of ${length} bytes`);
  }
  return length;
}
