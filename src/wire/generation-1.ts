import { bodyLength } from './body-length.ts';
import type { Generation } from './generation.ts';
import { formatLength, parseLength } from './length-header.ts';
import { AES_BLOCK_BYTES, PLAIN_HEADER_BYTES } from './limits.ts';

/** Clients 1.x (betas) and 2.x: the header is plain text; the body is ciphertext, under the session's IV each time. */
export const generation1: Generation = {
  number: 1,
  headerBytes: PLAIN_HEADER_BYTES,
  sealBody: (plaintext, aes) => ({ body: aes.encrypt(plaintext), nextIv: aes.iv }),
  sealHeader: formatLength,
  openHeader: (header) => bodyLength(parseLength(header), AES_BLOCK_BYTES),
  openBody: (body, aes) => ({ plaintext: aes.decrypt(body), nextIv: aes.iv }),
};
