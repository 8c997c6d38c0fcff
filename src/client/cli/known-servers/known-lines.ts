import type { GenerationNumber } from '../../../wire/generation.ts';
import { type KeyKind, type KnownKey, lineOf, parseLine, withGenerationField } from './known-key.ts';

/** A line of a known-servers file as it is written; a comment or a blank one has no key. */
export interface KnownLine {
  readonly text: string;
  readonly key?: KnownKey;
}

/** @throws `RangeError` with the number of the line and what is wrong with it */
export function parseKnownLines(content: string): KnownLine[] {
  const texts = content.split('\n');
  if (texts.at(-1) === '') texts.pop();
  const numbers = new Map<string, number>();
  return texts.map((text, index) => {
    const key = numbered(index + 1, () => parseLine(text));
    if (!key) return { text };
    const of = `${key.server} ${key.kind}`;
    const earlier = numbers.get(of);
    if (earlier) throw new RangeError(`line ${index + 1}: ${of} is in line ${earlier} already`);
    numbers.set(of, index + 1);
    return { text, key };
  });
}

export function contentOf(lines: readonly KnownLine[]): string {
  return lines.map(({ text }) => `${text}\n`).join('');
}

export function keysOf(lines: readonly KnownLine[]): KnownKey[] {
  return lines.flatMap(({ key }) => key ?? []);
}

export function findKey(lines: readonly KnownLine[], server: string, kind: KeyKind): KnownKey | undefined {
  return keysOf(lines).find((key) => key.server === server && key.kind === kind);
}

export function withKey(lines: readonly KnownLine[], key: KnownKey): readonly KnownLine[] {
  return [...lines, { text: lineOf(key), key }];
}

/** The same lines when there is no such key, or it has that generation. */
export function withGeneration(
  lines: readonly KnownLine[],
  server: string,
  kind: KeyKind,
  generation: GenerationNumber | undefined,
): readonly KnownLine[] {
  const known = findKey(lines, server, kind);
  if (!known || known.generation === generation) return lines;
  return lines.map((line) => {
    if (line.key !== known) return line;
    const text = withGenerationField(line.text, generation);
    const key = parseLine(text);
    return key ? { text, key } : { text };
  });
}

function numbered<T>(number: number, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new RangeError(`line ${number}: ${error instanceof Error ? error.message : String(error)}`);
  }
}
