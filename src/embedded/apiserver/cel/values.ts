/** JSON as the values that rules compute with: whole numbers, times and bytes become what their schema says. */
import { evaluate } from '@marcbachmann/cel-js';
import { isObject, type JsonValue } from '../base/json.ts';
import { memberSchema, preservesUnknown, type Schema } from '../schema/schema.ts';

/** Names that the language keeps for itself. */
const RESERVED = new Set(
  'true false null in as break const continue else for function if import let loop package namespace return var void while'.split(
    ' ',
  ),
);

export function celValue(value: JsonValue | undefined, schema: Schema | undefined): unknown {
  if (Array.isArray(value)) return value.map((item) => celValue(item, schema?.items));
  if (isObject(value)) return celObject(value, schema);
  if (typeof value === 'number') return celNumber(value, schema);
  return typeof value === 'string' ? celText(value, schema?.format) : value;
}

function celObject(value: Record<string, JsonValue | undefined>, schema: Schema | undefined): Record<string, unknown> {
  const result: Record<string, unknown> = {};
  for (const [key, member] of Object.entries(value)) {
    const below = memberSchema(schema, key);
    if (!below && schema && !preservesUnknown(schema)) continue;
    const isField = schema?.properties !== undefined && Object.hasOwn(schema.properties, key);
    result[isField ? escapedName(key) : key] = celValue(member, below);
  }
  return result;
}

function celNumber(value: number, schema: Schema | undefined): bigint | number {
  const isWhole = schema?.type === 'integer' || schema?.type === undefined;
  return isWhole && Number.isInteger(value) ? BigInt(value) : value;
}

function celText(value: string, format: string | undefined): unknown {
  switch (format) {
    case 'date':
    case 'date-time':
    case 'datetime':
      return new Date(value);
    case 'duration':
      return celDuration(value);
    case 'byte':
      return Buffer.from(value, 'base64');
    default:
      return value;
  }
}

/** The text where it is none that the language knows. */
function celDuration(text: string): unknown {
  try {
    return evaluate('duration(text)', { text });
  } catch {
    return text;
  }
}

/** How a rule spells a field whose name is no identifier. */
export function escapedName(name: string): string {
  if (RESERVED.has(name)) return `__${name}__`;
  return name
    .replaceAll('__', '__underscores__')
    .replaceAll('.', '__dot__')
    .replaceAll('-', '__dash__')
    .replaceAll('/', '__slash__');
}
