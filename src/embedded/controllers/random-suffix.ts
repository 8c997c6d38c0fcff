/** No vowels and nothing that is taken for another character, as Kubernetes has it in generated names. */
const LETTERS = 'bcdfghjklmnpqrstvwxz2456789';

/** Five characters for a generated name. */
export function randomSuffix(): string {
  return Array.from({ length: 5 }, () => LETTERS[Math.floor(Math.random() * LETTERS.length)]).join('');
}

/** Characters of the same kind made from bytes, for a hash in a name. */
export function safeEncoded(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => LETTERS[byte % LETTERS.length]).join('');
}
