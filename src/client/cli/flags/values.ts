/** What stands behind a flag, as text, and what it means. All throw `InvalidArgumentError`. */
import { InvalidArgumentError } from 'commander';
import type { GenerationNumber } from '../../../wire/generation.ts';
import { parsePin } from '../../tls/pins.ts';

export function keyBits(text: string): number {
  if (!['2048', '3072', '4096'].includes(text)) throw new InvalidArgumentError('It is one of 2048, 3072, 4096.');
  return Number(text);
}

export function seconds(text: string): number {
  const value = Number(text);
  if (!(value > 0 && value <= 86_400)) throw new InvalidArgumentError('It is a number of seconds, at most 86400.');
  return value;
}

export function generation(text: string): GenerationNumber | 'auto' {
  if (text === '1') return 1;
  if (text === '2') return 2;
  if (text === '3') return 3;
  if (text === 'auto') return 'auto';
  throw new InvalidArgumentError('It is one of 1, 2, 3, auto.');
}

/** One more pin, beside those that were given before. */
export function pin(text: string, earlier: string[] = []): string[] {
  try {
    return [...earlier, parsePin(text)];
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
}
