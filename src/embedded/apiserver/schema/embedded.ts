/** An object inside an object (`x-kubernetes-embedded-resource`) says what it is. */

import { type FieldError, required } from '../base/field-error.ts';
import { isObject, type JsonObject } from '../base/json.ts';

export function embeddedErrors(value: JsonObject, path: string): FieldError[] {
  const errors: FieldError[] = [];
  for (const key of ['apiVersion', 'kind']) {
    if (typeof value[key] !== 'string' || value[key] === '') errors.push(required(`${path}.${key}`));
  }
  if (value.metadata !== undefined && !isObject(value.metadata)) {
    errors.push({
      type: 'FieldValueTypeInvalid',
      field: `${path}.metadata`,
      value: value.metadata,
      detail: 'must be an object',
    });
  }
  return errors;
}
