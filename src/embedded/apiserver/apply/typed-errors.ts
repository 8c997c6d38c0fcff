/** Why a configuration can't be applied: fields that the schema does not know, values of a wrong type, double keys. */
import { isObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { memberSchema, preservesUnknown, type Schema, sharingOf } from '../schema/schema.ts';
import { elementText, itemElement } from './path-element.ts';

/** One line each, such as `.spec.zork: field not declared in schema`. */
export function typedErrors(config: JsonObject, schema: Schema): string[] {
  return valueErrors(config, schema, '');
}

function valueErrors(value: JsonValue | undefined, schema: Schema, path: string): string[] {
  if (value === undefined || value === null || schema['x-kubernetes-int-or-string']) return [];
  const expected = mismatch(value, schema);
  if (expected) return [`${path}: expected ${expected}, got ${shown(value, expected)}`];
  if (Array.isArray(value)) return listErrors(value, schema, path);
  return isObject(value) ? objectErrors(value, schema, path) : [];
}

function objectErrors(value: JsonObject, schema: Schema, path: string): string[] {
  return Object.entries(value).flatMap(([key, member]) => {
    const below = memberSchema(schema, key);
    if (below) return valueErrors(member, below, `${path}.${key}`);
    const isFree =
      preservesUnknown(schema) || schema.additionalProperties === true || schema['x-kubernetes-embedded-resource'];
    return isFree ? [] : [`${path}.${key}: field not declared in schema`];
  });
}

function listErrors(list: JsonValue[], schema: Schema, path: string): string[] {
  const sharing = sharingOf(schema, list);
  const seen = new Set<string>();
  return list.flatMap((item, index) => {
    const element = itemElement(item, sharing, schema.items);
    const isShared = sharing.kind === 'keyed' || sharing.kind === 'set';
    if (isShared && seen.has(element)) return [`${path}: duplicate entries for key ${elementText(element)}`];
    seen.add(element);
    return schema.items ? valueErrors(item, schema.items, path + (isShared ? elementText(element) : `[${index}]`)) : [];
  });
}

/** What the schema wants instead, `undefined` when the type is right. */
function mismatch(value: JsonValue, schema: Schema): string | undefined {
  switch (schema.type) {
    case 'array':
      return Array.isArray(value) ? undefined : 'list';
    case 'object':
      return isObject(value) ? undefined : 'map';
    case 'string':
      return typeof value === 'string' ? undefined : 'string';
    case 'boolean':
      return typeof value === 'boolean' ? undefined : 'boolean';
    case 'integer':
    case 'number':
      return typeof value === 'number' ? undefined : 'numeric (int or float)';
    default:
      return undefined;
  }
}

function shown(value: JsonValue, expected: string): string {
  if (expected === 'list' || expected === 'map') return `&{${String(value)}}`;
  if (Array.isArray(value)) return 'list';
  return isObject(value) ? 'map' : typeof value;
}
