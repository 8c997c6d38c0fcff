/** Defaults must fit the schema they stand in. */

import { type FieldError, invalidValue } from '../base/field-error.ts';
import { clone } from '../base/json.ts';
import { fillDefaults } from './defaults.ts';
import { prune } from './prune.ts';
import { ANYTHING, type Schema } from './schema.ts';
import { validate } from './validate.ts';

export function defaultErrors(schema: Schema, path: string): FieldError[] {
  if (schema.default === undefined || schema.default === null) return [];
  const at = `${path}.default`;
  const holder = { value: clone(schema.default) };
  const { unknown } = prune({ ...holder }, { type: 'object', properties: { value: schema } }, ANYTHING);
  if (unknown.length > 0) return [invalidValue(at, schema.default, 'must not have unknown fields')];
  fillDefaults(holder.value, schema);
  return validate(holder.value, schema).map((error) => ({
    ...error,
    field: error.field === '' ? at : `${at}.${error.field}`,
  }));
}
