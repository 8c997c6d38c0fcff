import type { GenerationNumber } from '../../../wire/generation.ts';
import { formatPin, parsePin } from '../../tls/pins.ts';
import { parseTarget } from '../parse-target.ts';
import { serverName } from './server-name.ts';

export type KeyKind = 'rsa' | 'tls';

/** What is known of a server: the key that it showed first, and what it was found to speak. */
export interface KnownKey {
  /** See `serverName`. */
  server: string;
  kind: KeyKind;
  /** 64 lower-case hex digits. */
  sha256: string;
  generation?: GenerationNumber;
}

const GENERATION = /\s+generation=\S*/;

/**
 * Reads a line of a known-servers file: `HOST:PORT rsa|tls SHA256:<base64> [generation=1|2|3] [other fields]`.
 * @returns `undefined` for a comment and for a blank line
 * @throws `RangeError` with what is wrong
 */
export function parseLine(text: string): KnownKey | undefined {
  const [server = '', kind, key = '', ...fields] = text.trim().split(/\s+/);
  if (server === '' || server.startsWith('#')) return undefined;
  if (!isServerName(server)) throw new RangeError('it has to begin with HOST:PORT');
  if (kind !== 'rsa' && kind !== 'tls') throw new RangeError('after the server has to come "rsa" or "tls"');
  const sha256 = hexOf(key);
  const generation = fields.find((field) => field.startsWith('generation='))?.slice('generation='.length);
  if (generation === undefined) return { server: server.toLowerCase(), kind, sha256 };
  return { server: server.toLowerCase(), kind, sha256, generation: generationOf(generation) };
}

export function lineOf({ server, kind, sha256, generation }: KnownKey): string {
  return `${server} ${kind} ${formatPin(sha256)}${generation ? ` generation=${generation}` : ''}`;
}

/** The same line with another generation, or with none; everything else in it stays as it is. */
export function withGenerationField(text: string, generation: GenerationNumber | undefined): string {
  const field = generation === undefined ? '' : ` generation=${generation}`;
  return GENERATION.test(text) ? text.replace(GENERATION, field) : `${text.trimEnd()}${field}`;
}

function isServerName(text: string): boolean {
  try {
    // No port is no server here, so there is none to fall back upon.
    return serverName(parseTarget(text, 0)) === text.toLowerCase();
  } catch {
    return false;
  }
}

function hexOf(key: string): string {
  try {
    return parsePin(key);
  } catch {
    throw new RangeError('the third word has to be a fingerprint, SHA256:<base64>');
  }
}

function generationOf(digit: string): GenerationNumber {
  if (digit === '1') return 1;
  if (digit === '2') return 2;
  if (digit === '3') return 3;
  throw new RangeError('the generation has to be 1, 2 or 3');
}
