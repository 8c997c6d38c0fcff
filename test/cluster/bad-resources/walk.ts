/** Rows that follow from the schemas by themselves: each field with what its type and its bounds leave out. */
import type { StructuralSchema } from '../../../src/api/crd/structural-schema.ts';
import type { Kind, RefusedRow } from './row.ts';

const MIB = 2 ** 20;

/** @param schema of `spec` */
export function walk(kind: Kind, schema: StructuralSchema): RefusedRow[] {
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => rowsOf(kind, name, field));
}

function rowsOf(kind: Kind, path: string, schema: StructuralSchema): RefusedRow[] {
  const row = (what: string, value: unknown, words: RegExp, at = ''): RefusedRow => ({
    name: `${kind} ${path}: ${what}`,
    kind,
    change: { [path]: value },
    field: `spec.${path}${at}`,
    words,
  });
  const below = Object.entries(schema.properties ?? {}).flatMap(([name, field]) =>
    rowsOf(kind, `${path}.${name}`, field),
  );
  return [...ownRows(schema, row), ...below];
}

type MakeRow = (what: string, value: unknown, words: RegExp, at?: string) => RefusedRow;

function ownRows(schema: StructuralSchema, row: MakeRow): RefusedRow[] {
  switch (schema.type) {
    case 'integer':
      return integerRows(schema, row);
    case 'boolean':
      return [row('a text', 'yes', /must be of type boolean: "string"/)];
    case 'string':
      return textRows(schema, row);
    case 'array':
      return [
        row('no list', 'x', /must be of type array: "string"/),
        ...(schema.maxItems ? [row('too long a list', tooMany(schema.maxItems), /must have at most \d+ items/)] : []),
      ];
    default:
      return [row('no object', 'x', /must be of type object: "string"/)];
  }
}

function integerRows({ minimum, maximum }: StructuralSchema, row: MakeRow): RefusedRow[] {
  return [
    row('a text', '7', /must be of type integer: "string"/),
    row('a fraction', 1.5, /must be of type int64: "float64"/),
    ...(minimum === undefined ? [] : [row('below the least', minimum - 1, /should be greater than or equal to/)]),
    ...(maximum === undefined ? [] : [row('above the most', maximum + 1, /should be less than or equal to/)]),
  ];
}

function textRows({ enum: choices, minLength, maxLength, format }: StructuralSchema, row: MakeRow): RefusedRow[] {
  const words = format ? /must be of type date-time: "int64"/ : /must be of type string: "integer"/;
  const rows = [row('a number', 7, words)];
  if (choices)
    return [...rows, row('none of the choices', 'Zork', /supported values: /), row('empty', '', /supported values: /)];
  if (format) return [...rows, row('another form', 'tomorrow', /must be of type date-time/)];
  if (minLength) rows.push(row('empty', '', /should be at least 1 chars long/));
  if (maxLength) {
    const words = new RegExp(`may not be more than ${maxLength} bytes`);
    rows.push(row('one more than the longest', 'é'.repeat(maxLength + 1), words));
    rows.push(row('a mebibyte', 'a'.repeat(MIB), words));
  }
  return rows;
}

/** What the items are is looked at only when their number is right. */
function tooMany(most: number): unknown[] {
  return Array.from({ length: most + 1 }, (_, index) => `10.${index >> 8}.${index & 255}.0/24`);
}
