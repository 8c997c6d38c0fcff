import type { RandomBytes } from '../../wire/random-bytes.ts';

const CHARACTERS = 255;

/** 255 letters, digits, `-` and `_`: 1,530 random bits in base64url. */
export function clientToken(randomBytes: RandomBytes): string {
  return randomBytes(Math.ceil((CHARACTERS * 6) / 8))
    .toString('base64url')
    .slice(0, CHARACTERS);
}
