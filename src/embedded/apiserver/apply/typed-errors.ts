/** Why a configuration can't be applied: fields that the schema does not know, values of a wrong type, double keys. */
import { goSyntax, goText } from '../base/go-text.ts';
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
  const members = Object.keys(value).sort();
  return members.flatMap((key) => {
    const below = memberSchema(schema, key);
    if (below) return valueErrors(value[key], below, `${path}.${key}`);
    const isFree =
      preservesUnknown(schema) || schema.additionalProperties === true || schema['x-kubernetes-embedded-resource'];
    return isFree ? [] : [`${path}.${key}: field not declared in schema`];
  });
}

function listErrors(list: JsonValue[], schema: Schema, path: string): string[] {
  const sharing = sharingOf(schema, list);
  const seen = new Set<string>();
  return list.flatMap((item, index) => {
    if (sharing.kind === 'keyed' && !isObject(item)) {
      return [`${path}: element ${index}: associative list with keys may not have non-map elements`];
    }
    const element = itemElement(item, sharing, schema.items);
    if (element === 'k:{}' && sharing.kind === 'keyed') return [withoutKeys(sharing.keys, index, path)];
    const isShared = sharing.kind === 'keyed' || sharing.kind === 'set';
    if (isShared && seen.has(element)) return [`${path}: duplicate entries for key ${elementText(element)}`];
    seen.add(element);
    return schema.items ? valueErrors(item, schema.items, path + (isShared ? elementText(element) : `[${index}]`)) : [];
  });
}

function withoutKeys(keys: readonly string[], index: number, path: string): string {
  const names = keys.map((key) => JSON.stringify(key)).join(' ');
  return (
    `${path}: element ${index}: associative list with keys has an element that omits all key fields [${names}] ` +
    "(and doesn't have default values for any key fields)"
  );
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

/** The value as Go prints it: which form depends on what was expected. */
function shown(value: JsonValue, expected: string): string {
  if (expected === 'list' || expected === 'map') return `&{${goText(value)}}`;
  if (expected === 'string') return `&value.valueUnstructured{Value:${goSyntax(value)}}`;
  if (Array.isArray(value)) return 'list';
  return isObject(value) ? 'map' : typeof value;
}
