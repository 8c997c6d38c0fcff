import { createHash, randomBytes } from 'node:crypto';

/** 93 bytes are 124 characters of base64url, which are those of a token: letters, digits, `-` and `_`. */
const TOKEN_BYTES = 93;
const TOKEN = /^[0-9a-zA-Z\-_]{124}$/;
const SHA256 = /^[0-9a-f]{64}$/;

/** A token that nobody has: 744 bits from the system's randomness. */
export function newToken(): string {
  return randomBytes(TOKEN_BYTES).toString('base64url');
}

export function isToken(text: string): boolean {
  return TOKEN.test(text);
}

/** 64 hex digits, lower case. */
export function tokenSha256(token: string): string {
  return createHash('sha256').update(token, 'ascii').digest('hex');
}

export function isTokenSha256(text: string | undefined): text is string {
  return text !== undefined && SHA256.test(text);
}
