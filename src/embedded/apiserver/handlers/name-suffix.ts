import { randomInt } from 'node:crypto';

/** No vowels and nothing that looks like another character, so that no words come out. */
const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const LENGTH = 5;

/** The random end of a generated name. */
export function nameSuffix(): string {
  return Array.from({ length: LENGTH }, () => ALPHABET[randomInt(ALPHABET.length)]).join('');
}
