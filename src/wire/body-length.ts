import { ValueError } from './errors.ts';
import { atMost } from './length-header.ts';
import { AES_BLOCK_BYTES, MAX_BODY_BYTES } from './limits.ts';

/**
 * The length of a message body, checked: whole blocks, at least `least` bytes.
 * @throws `ValueError` `LengthTooLarge`, `BadLength`
 */
export function bodyLength(length: number, least: number): number {
  atMost(MAX_BODY_BYTES, length);
  if (length < least || length % AES_BLOCK_BYTES !== 0) {
    throw new ValueError('BadLength', `no message has a body of ${length} bytes`);
  }
  return length;
}
