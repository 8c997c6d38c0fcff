/** The rules of lists. */

import { duplicate, type FieldError, invalidValue } from '../base/field-error.ts';
import { asObject, equal, type JsonValue } from '../base/json.ts';
import { correlated } from './correlate.ts';
import type { Schema } from './schema.ts';

type Validate = (value: JsonValue | undefined, schema: Schema, path: string, old?: JsonValue) => FieldError[];

export function listErrors(
  list: JsonValue[],
  schema: Schema,
  path: string,
  old: JsonValue | undefined,
  validate: Validate,
): FieldError[] {
  const errors: FieldError[] = [];
  const { minItems, maxItems, items } = schema;
  if (maxItems !== undefined && list.length > maxItems) {
    const detail = `must have at most ${maxItems} item${maxItems === 1 ? '' : 's'}`;
    errors.push({ type: 'FieldValueTooMany', field: path, value: list.length, detail });
  }
  if (minItems !== undefined && list.length < minItems) {
    errors.push(invalidValue(path, list.length, `${path} in body should have at least ${minItems} items`));
  }
  if (schema.uniqueItems && duplicates(list, (item) => item).length > 0) {
    errors.push(invalidValue(path, list, `${path} in body shouldn't contain duplicates`));
  }
  if (items) {
    list.forEach((item, index) => {
      errors.push(...validate(item, items, `${path}[${index}]`, correlated(old, item, schema)));
    });
  }
  return [...errors, ...identityErrors(list, schema, path)];
}

/** Two items that writers could not tell apart. */
function identityErrors(list: JsonValue[], schema: Schema, path: string): FieldError[] {
  const type = schema['x-kubernetes-list-type'];
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  if (type !== 'map' && type !== 'set') return [];
  const identity = (item: JsonValue): JsonValue =>
    type === 'set' ? item : Object.fromEntries(keys.map((key) => [key, asObject(item)[key]]));
  return duplicates(list, identity).map(({ index, value }) => duplicate(`${path}[${index}]`, value));
}

function duplicates(list: JsonValue[], identity: (item: JsonValue) => JsonValue) {
  const found: { index: number; value: JsonValue }[] = [];
  const seen = new Map<string, JsonValue[]>();
  list.forEach((item, index) => {
    const value = identity(item);
    const bucket = JSON.stringify(value)?.length.toString() ?? '';
    const others = seen.get(bucket) ?? [];
    if (others.some((other) => equal(other, value))) found.push({ index, value });
    seen.set(bucket, [...others, value]);
  });
  return found;
}
