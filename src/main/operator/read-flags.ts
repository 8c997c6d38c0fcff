import { parseArgs } from 'node:util';
import { FIELDS, type Field } from './fields.ts';
import { type Source, typed, unknown } from './source.ts';

export interface Flags extends Source {
  help: boolean;
  version: boolean;
}

const OPTIONS = {
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
  ...Object.fromEntries(
    FIELDS.map(({ flag, type }) => [flag.slice(2), { type: type === 'boolean' ? 'boolean' : 'string' } as const]),
  ),
} as const;

const KNOWN = [...FIELDS.map(({ flag }) => flag), '--help', '--version'];

/** What the command line says. A list may be given in several flags; of anything else the last one counts. */
export function readFlags(args: string[]): Flags {
  const { tokens } = parseArgs({ args, options: OPTIONS, strict: false, tokens: true, allowNegative: true });
  const flags: Flags = { values: new Map(), problems: [], help: false, version: false };
  for (const [index, token] of tokens.entries()) {
    if (token.kind === 'positional') {
      const before = tokens[index - 1];
      // After a flag that we don't know: probably its value.
      if (before?.kind === 'option' && !KNOWN.includes(before.rawName) && !before.inlineValue) continue;
      flags.problems.push(`${shown(token.value)}: takes flags only`);
    } else if (token.kind === 'option') {
      if (token.name === 'help') flags.help = true;
      else if (token.name === 'version') flags.version = true;
      else readFlag(token, flags);
    }
  }
  return flags;
}

interface OptionToken {
  rawName: string;
  value: string | undefined;
  inlineValue: boolean | undefined;
}

function readFlag({ rawName, value, inlineValue }: OptionToken, { values, problems }: Flags): void {
  const field = FIELDS.find(({ flag }) => flag === rawName);
  const negated = FIELDS.find(({ flag, type }) => type === 'boolean' && flag === rawName.replace(/^--no-/, '--'));
  if (field?.type === 'boolean') {
    values.set(field.key, { value: value === undefined ? true : typed(field, value), origin: rawName });
  } else if (negated) {
    values.set(negated.key, { value: false, origin: rawName });
  } else if (!field) {
    problems.push(unknown(shown(rawName), rawName, KNOWN));
  } else if (value === undefined || (!inlineValue && value.startsWith('--'))) {
    problems.push(`${rawName}: needs a value; takes ${field.takes}`);
  } else {
    values.set(field.key, { value: joined(field, values.get(field.key)?.value, typed(field, value)), origin: rawName });
  }
}

function joined(field: Field, before: unknown, value: unknown): unknown {
  return field.type === 'array' && Array.isArray(before) && Array.isArray(value) ? [...before, ...value] : value;
}

/** A stray word may be anything, a secret too. */
function shown(word: string): string {
  return word.length > 40 ? `${word.slice(0, 40)}…` : word;
}
