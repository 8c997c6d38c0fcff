/** Fingerprints of public keys: the SHA-256 of the DER SubjectPublicKeyInfo. */
import { RuntimeError, ValueError } from '../../wire/errors.ts';

const HEX = /^(?:sha256:)?([0-9a-f]{64})$/i;
const BASE64 = /^sha256(?::|\/\/)([0-9a-z+/]{43})=?$/i;

/**
 * @param text `SHA256:` and base64 (padded or not), `sha256//` and base64, `sha256:` and hex, or hex alone
 * @returns 64 lower-case hex digits
 * @throws `ValueError` `BadPin`
 */
export function parsePin(text: string): string {
  const hex = HEX.exec(text)?.[1]?.toLowerCase() ?? hexOf(BASE64.exec(text)?.[1]);
  if (hex) return hex;
  const forms = 'SHA256:<base64>, sha256//<base64>, sha256:<hex> or 64 hex digits';
  throw new ValueError('BadPin', `not a fingerprint of a public key: it has to be ${forms}`);
}

/** Undefined also when the last digit has bits beyond the 256: nobody writes that, so something is mistyped. */
function hexOf(base64: string | undefined): string | undefined {
  const hex = Buffer.from(base64 ?? '', 'base64').toString('hex');
  return hex && formatPin(hex) === `SHA256:${base64}` ? hex : undefined;
}

/** @param hex 64 hex digits. @returns `SHA256:` and base64 without padding, as `ssh-keygen` writes fingerprints */
export function formatPin(hex: string): string {
  return `SHA256:${Buffer.from(hex, 'hex').toString('base64').replace(/=+$/, '')}`;
}

/**
 * @param publicKeySha256 the server's, and `pins` those that are good, all as {@link parsePin} gives them
 * @throws `RuntimeError` `PinMismatch`, with the fingerprints
 */
export function assertPinned(publicKeySha256: string, pins: string[], what: 'TLS certificate' | 'RSA key'): void {
  if (pins.includes(publicKeySha256)) return;
  const expected = pins.map(formatPin).join(' or ') || 'none';
  const found = formatPin(publicKeySha256);
  throw new RuntimeError('PinMismatch', `the server's ${what} has the fingerprint ${found}, expected is ${expected}`);
}
