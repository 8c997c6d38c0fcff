/**
 * The built-in types in a short notation, one type per paragraph (later lines are indented):
 *
 *     Container: name@1! string, ports@6 [containerPort,protocol]ContainerPort, args@4 []string, tty@18 bool
 *
 * `@6` is the field's number in the binary form (`@1.2`: field 2 of the message in field 1), with `*` when its zero value
 * means something. `!` marks a field that must be there. `[]T` is a list that one writer owns as a whole, `[set]T` a list of values that
 * writers add to one by one, `[a,b]T` a list of objects told apart by these fields (the first is the merge key of a
 * strategic merge patch; `|replace` says that such a patch replaces the list instead), `[merge:a]T` a list that only a
 * strategic merge patch merges. `{}T` is a map, `{atomic}T` one that a writer owns as a whole;
 * `(atomic)` behind the name says that of a type.
 */
import type { BinaryField, Schema } from './schema.ts';

/** A time in microseconds. Told from other times by identity: both have the same form in JSON schemas. */
export const MICRO_TIME: Schema = Object.freeze({ type: 'string', format: 'date-time', nullable: true });

const PRIMITIVES: Readonly<Record<string, Schema>> = {
  string: { type: 'string' },
  bytes: { type: 'string', format: 'byte' },
  time: { type: 'string', format: 'date-time', nullable: true },
  microtime: MICRO_TIME,
  int32: { type: 'integer', format: 'int32' },
  int64: { type: 'integer', format: 'int64' },
  double: { type: 'number', format: 'double' },
  bool: { type: 'boolean' },
  quantity: { 'x-kubernetes-int-or-string': true, type: 'string' },
  intstr: { 'x-kubernetes-int-or-string': true },
  any: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
};

/** @throws TypeError for a line that is not in the notation or names a type that is not there */
export function parseTypes(...tables: string[]): ReadonlyMap<string, Schema> {
  const lines = joinContinuations(tables.join('\n'));
  const types = new Map<string, Schema>();
  for (const line of lines) {
    const head = /^(\w+)( \(atomic\))?:/.exec(line);
    if (!head?.[1]) throw new TypeError(`not a type: ${line}`);
    types.set(head[1], { name: head[1], type: 'object', ...(head[2] && { 'x-kubernetes-map-type': 'atomic' }) });
  }
  for (const line of lines) {
    const colon = line.indexOf(':');
    const schema = types.get(line.slice(0, colon).replace(' (atomic)', ''));
    if (schema) fillFields(schema, line.slice(colon + 1), types);
  }
  return types;
}

function joinContinuations(text: string): string[] {
  return text
    .replaceAll(/\n +/g, ' ')
    .split('\n')
    .filter((line) => line !== '');
}

function fillFields(schema: Schema, text: string, types: ReadonlyMap<string, Schema>): void {
  const properties: Record<string, Schema> = {};
  const binary: Record<string, BinaryField> = {};
  const required: string[] = [];
  for (const field of splitFields(text)) {
    const match = /^(\w+)(?:@([\d.]+)(\*?))?(!?) (\S+)$/.exec(field);
    const [, name, path, pointer, mark, type] = match ?? [];
    if (!name || !type) throw new TypeError(`not a field: ${field}`);
    properties[name] = typeOf(type, types);
    if (path) binary[name] = { path: path.split('.').map(Number), keepsZero: pointer === '*' };
    if (mark) required.push(name);
  }
  schema.properties = properties;
  schema.binary = binary;
  if (required.length > 0) schema.required = required;
}

/** At commas, but not at those between the keys of a list. */
function splitFields(text: string): string[] {
  return text
    .split(/,\s+/)
    .map((field) => field.trim())
    .filter((field) => field !== '');
}

function typeOf(text: string, types: ReadonlyMap<string, Schema>): Schema {
  if (text.startsWith('{}')) return { type: 'object', additionalProperties: typeOf(text.slice(2), types) };
  if (text.startsWith('{atomic}')) {
    const additionalProperties = typeOf(text.slice('{atomic}'.length), types);
    return { type: 'object', additionalProperties, 'x-kubernetes-map-type': 'atomic' };
  }
  const list = /^\[([^\]]*)\](.+)$/.exec(text);
  if (list?.[2]) return listOf(list[1] ?? '', typeOf(list[2], types));
  const found = PRIMITIVES[text] ?? types.get(text);
  if (!found) throw new TypeError(`no type ${text}`);
  return found;
}

function listOf(mark: string, items: Schema): Schema {
  const [keys = '', strategy] = mark.split('|');
  const base: Schema = { type: 'array', items };
  if (keys === '') return { ...base, 'x-kubernetes-list-type': 'atomic' };
  if (keys.startsWith('merge:')) return { ...base, ...merging(keys.slice('merge:'.length)) };
  const merge = strategy === 'replace' ? {} : merging(keys === 'set' ? '' : (keys.split(',')[0] ?? ''));
  if (keys === 'set') return { ...base, 'x-kubernetes-list-type': 'set', ...merge };
  return { ...base, 'x-kubernetes-list-type': 'map', 'x-kubernetes-list-map-keys': keys.split(','), ...merge };
}

function merging(key: string): Schema {
  return { 'x-kubernetes-patch-strategy': 'merge', ...(key && { 'x-kubernetes-patch-merge-key': key }) };
}
