/** Checks a value against its schema and names each broken rule as the API server does. */

import { type FieldError, invalidValue, NO_FIELD, notSupported, required } from '../base/field-error.ts';
import { equal, isObject, type JsonObject, type JsonValue } from '../base/json.ts';
import { embeddedErrors } from './embedded.ts';
import { formatProblem } from './formats.ts';
import { listErrors } from './lists.ts';
import { numberErrors, stringErrors, wrongNumber } from './scalars.ts';
import { memberSchema, type Schema } from './schema.ts';

/** Of 64 bits, as near as numbers here come. */
const LARGEST_INTEGER = 2 ** 63;

/**
 * @param path the field's own, empty for the object itself
 * @param old the value before an update: what did not change is not judged again
 */
export function validate(value: JsonValue | undefined, schema: Schema, path = '', old?: JsonValue): FieldError[] {
  if (value === undefined || (old !== undefined && equal(value, old))) return [];
  if (value === null && schema.nullable) return enumErrors(value, schema, path);
  if (!isOfSchemaType(value, schema)) {
    const isNoWholeNumber = schema.type === 'integer' && typeof value === 'number';
    const errors = [wrongType(value, schema, path), ...enumErrors(value, schema, path)];
    return isNoWholeNumber
      ? [...errors, ...numberErrors(value, schema, path), wrongNumber(schema.format, path)]
      : errors;
  }
  return [
    ...enumErrors(value, schema, path),
    ...scalarErrors(value, schema, path),
    ...combinedErrors(value, schema, path),
    ...(Array.isArray(value) ? listErrors(value, schema, path, old, validate) : []),
    ...(isObject(value) ? objectErrors(value, schema, path, old) : []),
  ];
}

function child(path: string, key: string): string {
  return path === '' ? key : `${path}.${key}`;
}

function scalarErrors(value: JsonValue, schema: Schema, path: string): FieldError[] {
  if (typeof value === 'number') return numberErrors(value, schema, path);
  if (typeof value !== 'string') return [];
  const format = formatProblem(value, schema.format);
  if (format === undefined) return stringErrors(value, schema, path);
  const detail = `${path} in body must be of type ${format}: ${JSON.stringify(value)}`;
  return [...stringErrors(value, schema, path), { type: 'FieldValueTypeInvalid', field: path, value, detail }];
}

function enumErrors(value: JsonValue, schema: Schema, path: string): FieldError[] {
  if (!schema.enum || schema.enum.some((allowed) => equal(allowed, value))) return [];
  const names = schema.enum.map((item) => (typeof item === 'string' ? item : JSON.stringify(item)));
  return [notSupported(path, value, names)];
}

function objectErrors(value: JsonObject, schema: Schema, path: string, old: JsonValue | undefined): FieldError[] {
  const errors: FieldError[] = [];
  const count = Object.keys(value).length;
  if (schema.maxProperties !== undefined && count > schema.maxProperties) {
    const detail = `must have at most ${schema.maxProperties} item${schema.maxProperties === 1 ? '' : 's'}`;
    errors.push({ type: 'FieldValueTooMany', field: path, value: count, detail });
  }
  if (schema.minProperties !== undefined && count < schema.minProperties) {
    errors.push(invalidValue(path, count, `${path} in body should have at least ${schema.minProperties} properties`));
  }
  for (const name of schema.required ?? []) {
    if (value[name] === undefined) errors.push(required(child(path, name)));
  }
  if (schema['x-kubernetes-embedded-resource']) errors.push(...embeddedErrors(value, path));
  for (const [key, member] of Object.entries(value)) {
    const below = memberSchema(schema, key);
    if (below) errors.push(...validate(member, below, child(path, key), isObject(old) ? old[key] : undefined));
  }
  return errors;
}

function combinedErrors(value: JsonValue, schema: Schema, path: string): FieldError[] {
  const check = (part: Schema) => validate(value, part, path);
  const errors = (schema.allOf ?? []).flatMap(check);
  const isOneBroken = errors.length > 0;
  const refuse = (rule: string) => errors.push(invalidValue(NO_FIELD, '', `"${path}" must ${rule}`));
  if (isOneBroken) refuse('validate all the schemas (allOf)');
  if (schema.anyOf && !schema.anyOf.some((part) => check(part).length === 0)) {
    refuse('validate at least one schema (anyOf)');
    errors.push(...schema.anyOf.slice(0, 1).flatMap(check));
  }
  if (schema.oneOf) {
    const valid = schema.oneOf.filter((part) => check(part).length === 0).length;
    const found = valid === 0 ? 'none valid' : `${valid} valid alternatives`;
    if (valid !== 1) refuse(`validate one and only one schema (oneOf). Found ${found}`);
    if (valid === 0) errors.push(...schema.oneOf.slice(0, 1).flatMap(check));
  }
  if (schema.not && check(schema.not).length === 0) refuse('not validate the schema (not)');
  return errors;
}

function isOfSchemaType(value: JsonValue, schema: Schema): boolean {
  if (schema['x-kubernetes-int-or-string']) return typeof value === 'string' || Number.isInteger(value);
  switch (schema.type) {
    case undefined:
    case '':
      return true;
    case 'integer':
      return Number.isInteger(value) && Math.abs(Number(value)) <= LARGEST_INTEGER;
    case 'array':
      return Array.isArray(value);
    case 'object':
      return isObject(value);
    default:
      return typeof value === schema.type;
  }
}

function wrongType(value: JsonValue, schema: Schema, path: string): FieldError {
  const isOfFormat = value !== null && schema.format && typeof value !== 'string' && !Array.isArray(value);
  const type = schema['x-kubernetes-int-or-string'] ? 'integer,string' : isOfFormat ? schema.format : schema.type;
  const shown = value === null ? 'null' : isOfFormat ? formatName(value) : typeName(value);
  return {
    type: 'FieldValueTypeInvalid',
    field: path,
    value: shown,
    detail: `${path} in body must be of type ${type ?? ''}: ${JSON.stringify(shown)}`,
  };
}

/** Of what is no text and no list, where the schema names a format. */
function formatName(value: JsonValue): string {
  if (typeof value !== 'number') return '';
  return Number.isInteger(value) ? 'int64' : 'float64';
}

function typeName(value: JsonValue): string {
  if (Array.isArray(value)) return 'array';
  return Number.isInteger(value) ? 'integer' : typeof value;
}
