import { randomInt } from 'node:crypto';

const LETTERS_AND_DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const PASSWORD_LENGTH = 120;

/** A user name `user_NNNNN` (10000 to 90000) and a password of 120 letters and digits, from the system's randomness. */
export function generateCredentials(): { username: string; password: string } {
  const letters = Array.from(
    { length: PASSWORD_LENGTH },
    () => LETTERS_AND_DIGITS[randomInt(LETTERS_AND_DIGITS.length)],
  );
  return { username: `user_${randomInt(10_000, 90_001)}`, password: letters.join('') };
}
