import { ValueError } from './errors.ts';
import { PLAIN_HEADER_BYTES } from './limits.ts';

/** A length in plain text: its decimal digits, padded on the right with `=` to 8 bytes. */
export function formatLength(length: number): Buffer {
  return Buffer.from(String(length).padEnd(PLAIN_HEADER_BYTES, '='), 'ascii');
}

/**
 * The inverse of {@link formatLength}, strict: no sign, no space, no leading zero.
 * @throws `ValueError` `BadHeader`, or `LengthTooLarge` above `most`
 */
export function parseLength(header: Buffer, most: number): number {
  const text = header.toString('latin1');
  if (header.length !== PLAIN_HEADER_BYTES || !/^[1-9][0-9]{0,6}=*$/.test(text)) {
    throw new ValueError('BadHeader', 'a length header is decimal digits padded with "="');
  }
  return atMost(most, Number.parseInt(text, 10));
}

/** @throws `ValueError` `LengthTooLarge` */
export function atMost(most: number, length: number): number {
  if (length > most)
    throw new ValueError('LengthTooLarge', `a length of ${length} bytes was announced, ${most} is the most`);
  return length;
}
