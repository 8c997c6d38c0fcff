/** What a typed decoder does to a built-in object: refuses a value of another type, drops what says nothing. */
import { isObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { memberSchema, type Schema } from './schema.ts';

/**
 * Changes `object`. Returns the first value of a wrong type in the decoder's words, such as
 * `json: cannot unmarshal string into Go struct field DeploymentSpec.spec.replicas of type int32`.
 */
export function decodeTyped(object: JsonObject, schema: Schema): string | undefined {
  return decodeObject(object, schema, [], schema.name ?? '');
}

function decodeObject(object: JsonObject, schema: Schema, path: string[], owner: string): string | undefined {
  for (const [key, member] of Object.entries(object)) {
    const below = memberSchema(schema, key);
    if (member === null) {
      if (below?.['x-kubernetes-preserve-unknown-fields'] !== true) delete object[key];
      continue;
    }
    // Only fields of structs are part of the path; the keys of a map are not.
    const place = schema.properties ? [...path, key] : path;
    const problem = below && decodeValue(member, below, place, schema.name ?? owner);
    if (problem) return problem;
    if (member !== undefined && saysNothing(member, key, schema)) delete object[key];
  }
  return undefined;
}

function decodeValue(value: JsonValue | undefined, schema: Schema, path: string[], owner: string): string | undefined {
  if (value === undefined || value === null || schema['x-kubernetes-preserve-unknown-fields']) return undefined;
  if (!isOfType(value, schema)) {
    return `json: cannot unmarshal ${jsonType(value)} into Go struct field ${owner}.${path.join('.')} of type ${goType(schema)}`;
  }
  if (schema.format === 'byte' && typeof value === 'string') {
    const end = base64End(value);
    if (end < value.length) return `illegal base64 data at input byte ${end}`;
  }
  if (Array.isArray(value)) {
    for (const item of value) {
      const problem = schema.items && decodeValue(item, schema.items, path, owner);
      if (problem) return problem;
    }
    return undefined;
  }
  return isObject(value) ? decodeObject(value, schema, path, owner) : undefined;
}

/** Zero values of fields that are no pointers don't survive a way through Go. Structs do. */
function saysNothing(value: JsonValue, key: string, schema: Schema): boolean {
  if (schema.binary?.[key]?.keepsZero !== false || schema.required?.includes(key)) return false;
  if (Array.isArray(value)) return value.length === 0;
  if (!isObject(value)) return !value;
  return schema.properties?.[key]?.additionalProperties !== undefined && Object.keys(value).length === 0;
}

/** How far a text is standard base64 with its padding. */
function base64End(text: string): number {
  const digits = /^[A-Za-z0-9+/\r\n]*={0,2}/.exec(text)?.[0].length ?? 0;
  return digits === text.length && text.replaceAll(/[\r\n]/g, '').length % 4 === 0
    ? digits
    : Math.min(digits, text.length - 1);
}

function isOfType(value: JsonValue, schema: Schema): boolean {
  if (schema['x-kubernetes-int-or-string']) return typeof value === 'string' || typeof value === 'number';
  switch (schema.type) {
    case 'string':
      return typeof value === 'string';
    case 'boolean':
      return typeof value === 'boolean';
    case 'integer':
      return Number.isInteger(value);
    case 'number':
      return typeof value === 'number';
    case 'array':
      return Array.isArray(value);
    default:
      return isObject(value);
  }
}

function jsonType(value: JsonValue): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'boolean') return 'bool';
  return typeof value === 'number' && !Number.isInteger(value) ? `number ${value}` : typeof value;
}

function goType(schema: Schema): string {
  if (schema.type === 'integer') return schema.format ?? 'int64';
  if (schema.type === 'boolean') return 'bool';
  if (schema.type === 'array') return `[]${schema.items ? goType(schema.items) : 'interface {}'}`;
  if (schema.type === 'object') return schema.name ? `v1.${schema.name}` : 'map[string]string';
  return schema.format === 'double' ? 'float64' : 'string';
}
