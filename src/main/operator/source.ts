import type { Field } from './fields.ts';
import { suggestion } from './suggestion.ts';

/** What one place, such as the environment, says. */
export interface Source {
  values: Map<string, Given>;
  /** One line each. */
  problems: string[];
}

export interface Given {
  value: unknown;
  /** As the person who wrote it would find it: `--log-level`, `ANWEDDOL_LOG_LEVEL`, `logLevel in /etc/operator.yaml`. */
  origin: string;
}

/** The text of a flag or a variable as the schema's type; what doesn't fit stays text, which the schema refuses. */
export function typed(field: Field, text: string): unknown {
  if (field.type === 'array') return text.split(',').flatMap((word) => word.trim() || []);
  if (field.type === 'boolean') return text === 'true' ? true : text === 'false' ? false : text;
  if (field.type === 'number') return /^[+-]?\d+(\.\d+)?$/.test(text) ? Number(text) : text;
  return text;
}

/** The line for something that no option is called. */
export function unknown(what: string, written: string, known: string[]): string {
  const meant = suggestion(written, known);
  return `${what}: there is no such option${meant ? `; did you mean ${meant}?` : ''}`;
}
