import { ValueError } from './errors.ts';
import { PLAIN_HEADER_BYTES } from './limits.ts';

const PLAIN_HEADER = /^[1-9][0-9]{0,6}=*$/;

/** A length in plain text: its decimal digits, padded on the right with `=` to 8 bytes. */
export function formatLength(length: number): Buffer {
  return Buffer.from(String(length).padEnd(PLAIN_HEADER_BYTES, '='), 'ascii');
}

/** Whether these 8 bytes are a length in plain text. */
export function isPlainHeader(header: Buffer): boolean {
  return header.length === PLAIN_HEADER_BYTES && PLAIN_HEADER.test(header.toString('latin1'));
}

/**
 * The inverse of {@link formatLength}, strict: no sign, no space, no leading zero.
 * @throws `ValueError` `BadHeader`
 */
export function parseLength(header: Buffer): number {
  if (!isPlainHeader(header)) throw new ValueError('BadHeader', 'a length header is decimal digits padded with "="');
  return Number.parseInt(header.toString('latin1'), 10);
}

/** @throws `ValueError` `LengthTooLarge` */
export function atMost(most: number, length: number): number {
  if (length > most)
    throw new ValueError('LengthTooLarge', `a length of ${length} bytes was announced, ${most} is the most`);
  return length;
}
