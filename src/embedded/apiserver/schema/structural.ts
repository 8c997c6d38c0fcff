/** Whether a schema may stand in a CustomResourceDefinition: structural, and nothing the API server can't check. */

import { type FieldError, forbiddenField, invalidValue, notSupported, required } from '../base/field-error.ts';
import { equal, isObject, type JsonValue } from '../base/json.ts';
import { defaultErrors } from './default-errors.ts';
import { listTypeErrors } from './list-type-errors.ts';
import { regularExpression } from './scalars.ts';
import type { Schema } from './schema.ts';

const TYPES = ['array', 'boolean', 'integer', 'number', 'object', 'string'];
const NOT_SUPPORTED = ['$ref', 'additionalItems', 'definitions', 'dependencies', 'id', 'patternProperties'];
/** What a branch of allOf, anyOf, oneOf and not may not say: it belongs to the schema around it. */
const ONLY_OUTSIDE = [
  ['type', 'must be empty to be structural'],
  ['additionalProperties', 'must be undefined to be structural'],
  ['default', 'must be undefined to be structural'],
  ['title', 'must be empty to be structural'],
  ['description', 'must be empty to be structural'],
  ['nullable', 'must be false to be structural'],
  ['x-kubernetes-preserve-unknown-fields', 'must be false to be structural'],
  ['x-kubernetes-embedded-resource', 'must be false to be structural'],
  ['x-kubernetes-int-or-string', 'must be false to be structural'],
  ['x-kubernetes-list-map-keys', 'must be empty to be structural'],
  ['x-kubernetes-list-type', 'must be undefined to be structural'],
  ['x-kubernetes-map-type', 'must be undefined to be structural'],
  ['x-kubernetes-validations', 'must be empty to be structural'],
] as const;
type Level = 'root' | 'item' | 'field';

/** @param path of the schema in the definition, such as `spec.versions[0].schema.openAPIV3Schema` */
export function schemaErrors(schema: Schema, path: string): FieldError[] {
  if (schema.type !== undefined && schema.type !== 'object') {
    return [invalidValue(`${path}.type`, schema.type, 'must be object at the root')];
  }
  if (schema.nullable) return [forbiddenField(`${path}.nullable`, 'nullable cannot be true at the root')];
  return [...structureErrors(schema, path, 'root'), ...metadataErrors(schema, path)];
}

function structureErrors(schema: Schema, path: string, level: Level): FieldError[] {
  const errors: FieldError[] = [
    ...(Object.hasOwn(schema, '$ref') ? [] : typeErrors(schema, path, level)),
    ...valueErrors(schema, path),
    ...listTypeErrors(schema, path),
    ...defaultErrors(schema, path),
    ...branchErrors(schema, path),
  ];
  if (schema.properties && schema.additionalProperties && level !== 'root') {
    errors.push(
      forbiddenField(`${path}.additionalProperties`, 'additionalProperties and properties are mutual exclusive'),
    );
  }
  if (schema.additionalProperties && level === 'root') {
    errors.push(forbiddenField(`${path}.additionalProperties`, 'must not be used at the root'));
  }
  for (const [key, property] of Object.entries(schema.properties ?? {})) {
    errors.push(...structureErrors(property, `${path}.properties[${key}]`, 'field'));
  }
  if (Array.isArray(schema.items)) {
    errors.push(forbiddenField(`${path}.items`, 'items must be a schema object and not an array'));
  } else if (schema.type === 'array' && !schema.items) errors.push(required(`${path}.items`, 'must be specified'));
  if (isObject(schema.items)) errors.push(...structureErrors(schema.items, `${path}.items`, 'item'));
  if (typeof schema.additionalProperties === 'object') {
    errors.push(...structureErrors(schema.additionalProperties, `${path}.additionalProperties`, 'field'));
  }
  return errors;
}

function typeErrors(schema: Schema, path: string, level: Level): FieldError[] {
  const isFree = schema['x-kubernetes-int-or-string'] || schema['x-kubernetes-preserve-unknown-fields'];
  if (!schema.type) {
    if (isFree && level !== 'root') return [];
    const where = { root: 'at the root', item: 'for specified array items', field: 'for specified object fields' }[
      level
    ];
    return [required(`${path}.type`, `must not be empty ${where}`)];
  }
  if (!TYPES.includes(schema.type)) return [notSupported(`${path}.type`, schema.type, TYPES)];
  if (schema['x-kubernetes-embedded-resource'] && schema.type !== 'object') {
    return [invalidValue(`${path}.type`, schema.type, 'must be object if x-kubernetes-embedded-resource is true')];
  }
  return [];
}

function valueErrors(schema: Schema, path: string): FieldError[] {
  const errors = NOT_SUPPORTED.filter((key) => Object.hasOwn(schema, key)).map((key) =>
    forbiddenField(`${path}.${key}`, `${key} is not supported`),
  );
  if (schema.uniqueItems) {
    const detail = 'uniqueItems cannot be set to true since the runtime complexity becomes quadratic';
    errors.push(forbiddenField(`${path}.uniqueItems`, detail));
  }
  if (schema['x-kubernetes-preserve-unknown-fields'] === false) {
    const at = `${path}.x-kubernetes-preserve-unknown-fields`;
    errors.push(invalidValue(at, false, 'must be true or undefined'));
  }
  if (
    schema['x-kubernetes-embedded-resource'] &&
    !schema['x-kubernetes-preserve-unknown-fields'] &&
    !schema.properties
  ) {
    const detail =
      'must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields';
    errors.push(required(`${path}.properties`, detail));
  }
  if (schema.pattern !== undefined && !isSupportedPattern(schema.pattern)) {
    errors.push(invalidValue(`${path}.pattern`, schema.pattern, "must be a valid regular expression, but isn't"));
  }
  return errors;
}

/** Go's regular expressions neither look around nor refer back. */
function isSupportedPattern(pattern: string): boolean {
  return !/\(\?<?[=!]/.test(pattern) && !/\\[1-9]/.test(pattern) && regularExpression(pattern) !== undefined;
}

function branchErrors(schema: Schema, path: string): FieldError[] {
  const lists = (['allOf', 'anyOf', 'oneOf'] as const).flatMap((key) =>
    (schema[key] ?? []).map((branch, index) => ({ branch, at: `${path}.${key}[${index}]`, key })),
  );
  const all = schema.not ? [...lists, { branch: schema.not, at: `${path}.not`, key: 'not' as const }] : lists;
  return all.flatMap(({ branch, at, key }) => {
    const isEither = schema['x-kubernetes-int-or-string'] === true && (key === 'anyOf' || key === 'allOf');
    const typesAllowed = isEither && ['integer', 'string'].includes(branch.type ?? '');
    return branchOnlyErrors(branch, schema, at, path, typesAllowed);
  });
}

function branchOnlyErrors(
  branch: Schema,
  outside: Schema,
  at: string,
  path: string,
  typesAllowed: boolean,
): FieldError[] {
  const errors = ONLY_OUTSIDE.filter(([key]) => isSaid(branch[key as keyof Schema] as JsonValue | undefined))
    .filter(([key]) => !(key === 'type' && typesAllowed))
    .map(([key, detail]) => forbiddenField(`${at}.${key}`, detail));
  for (const [key, property] of Object.entries(branch.properties ?? {})) {
    const same = outside.properties?.[key];
    const place = `${at}.properties[${key}]`;
    errors.push(...branchOnlyErrors(property, same ?? {}, place, `${path}.properties[${key}]`, false));
  }
  if (isObject(branch.items)) {
    errors.push(...branchOnlyErrors(branch.items, outside.items ?? {}, `${at}.items`, `${path}.items`, false));
  }
  return [...errors, ...branchErrors(branch, at)];
}

function isSaid(value: JsonValue | undefined): boolean {
  return value !== undefined && value !== false && value !== '';
}

/** The root's metadata is the server's own affair, but for the name. */
function metadataErrors(schema: Schema, path: string): FieldError[] {
  const metadata = schema.properties?.metadata;
  if (!metadata) return [];
  const { type, properties, description: _description, ...rest } = metadata;
  const allowed = Object.keys(properties ?? {}).every((key) => key === 'name' || key === 'generateName');
  if ((type === 'object' || type === undefined) && allowed && equal(rest as JsonValue, {})) return [];
  const detail = 'must not specify anything other than name and generateName, but metadata is implicitly specified';
  return [forbiddenField(`${path}.properties[metadata]`, detail)];
}
