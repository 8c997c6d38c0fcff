/** The rules of `x-kubernetes-list-type` and `x-kubernetes-map-type`. */
import { type FieldError, forbiddenField, invalidValue, notSupported, required } from '../base/field-error.ts';
import type { Schema } from './schema.ts';

const SCALARS = ['boolean', 'integer', 'number', 'string'];

export function listTypeErrors(schema: Schema, path: string): FieldError[] {
  return [...mapErrors(schema, path), ...listErrors(schema, path)];
}

function mapErrors(schema: Schema, path: string): FieldError[] {
  const mapType: string | undefined = schema['x-kubernetes-map-type'];
  if (mapType === undefined) return [];
  if (mapType !== 'atomic' && mapType !== 'granular') {
    return [notSupported(`${path}.x-kubernetes-map-type`, mapType, ['atomic', 'granular'])];
  }
  const detail = 'must be object if x-kubernetes-map-type is specified';
  return schema.type === 'object' ? [] : [invalidValue(`${path}.type`, schema.type, detail)];
}

function listErrors(schema: Schema, path: string): FieldError[] {
  const listType: string | undefined = schema['x-kubernetes-list-type'];
  const keys = schema['x-kubernetes-list-map-keys'] ?? [];
  const errors: FieldError[] = [];
  if (listType === undefined) {
    if (keys.length > 0) {
      errors.push(required(`${path}.x-kubernetes-list-type`, 'must be map if x-kubernetes-list-map-keys is non-empty'));
    }
    return errors;
  }
  if (!['atomic', 'map', 'set'].includes(listType)) {
    return [notSupported(`${path}.x-kubernetes-list-type`, listType, ['atomic', 'set', 'map'])];
  }
  if (schema.type !== 'array') {
    return [invalidValue(`${path}.type`, schema.type, 'must be array if x-kubernetes-list-type is specified')];
  }
  if (listType === 'map') errors.push(...keyErrors(schema, keys, path));
  else if (keys.length > 0) {
    errors.push(
      invalidValue(
        `${path}.x-kubernetes-list-type`,
        listType,
        'must be map if x-kubernetes-list-map-keys is non-empty',
      ),
    );
  }
  if (listType === 'set') errors.push(...memberErrors(schema.items ?? {}, path));
  if (listType !== 'atomic' && schema.items?.nullable) {
    errors.push(
      forbiddenField(`${path}.items.nullable`, `cannot be nullable when x-kubernetes-list-type is ${listType}`),
    );
  }
  return errors;
}

/** Members of a set are compared as a whole, so nobody may change a part of one. */
function memberErrors(items: Schema, path: string): FieldError[] {
  const detail = 'must be atomic as item of a list with x-kubernetes-list-type=set';
  if (items.type === 'object' && items['x-kubernetes-map-type'] !== 'atomic') {
    return [invalidValue(`${path}.items.x-kubernetes-map-type`, items['x-kubernetes-map-type'], detail)];
  }
  const listType = items['x-kubernetes-list-type'];
  if (items.type !== 'array' || listType === undefined || listType === 'atomic') return [];
  return [invalidValue(`${path}.items.x-kubernetes-list-type`, listType, detail)];
}

function keyErrors(schema: Schema, keys: readonly string[], path: string): FieldError[] {
  if (keys.length === 0) {
    return [required(`${path}.x-kubernetes-list-map-keys`, 'must not be empty if x-kubernetes-list-type is map')];
  }
  const items = schema.items;
  if (items?.type !== 'object') {
    return [
      invalidValue(`${path}.items.type`, items?.type, "must be object if parent array's x-kubernetes-list-type is map"),
    ];
  }
  if (new Set(keys).size < keys.length) {
    return [invalidValue(`${path}.x-kubernetes-list-map-keys`, keys, 'must not contain duplicate entries')];
  }
  return keys.flatMap((key) => {
    const property = items.properties?.[key];
    if (!property) {
      return [invalidValue(`${path}.x-kubernetes-list-map-keys`, keys, 'entries must all be names of item properties')];
    }
    const at = `${path}.items.properties[${key}]`;
    if (!SCALARS.includes(property.type ?? '')) {
      return [
        invalidValue(
          `${at}.type`,
          property.type,
          "must be a scalar type if parent array's x-kubernetes-list-type is map",
        ),
      ];
    }
    if (property.default !== undefined || items.required?.includes(key)) return [];
    const detail =
      'this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property';
    return [required(`${at}.default`, detail)];
  });
}
