import { bodyLength } from './body-length.ts';
import type { Generation } from './generation.ts';
import { formatLength, parseLength } from './length-header.ts';
import { PLAIN_HEADER_BYTES } from './limits.ts';
import { LEAST_BODY_BYTES, trailingIv } from './trailing-iv.ts';

/** Clients 3.x: the header is plain text; the body is ciphertext and then the next IV. */
export const generation2: Generation = {
  number: 2,
  headerBytes: PLAIN_HEADER_BYTES,
  ...trailingIv,
  sealHeader: formatLength,
  openHeader: (header) => bodyLength(parseLength(header), LEAST_BODY_BYTES),
};
