/** The rules of the keys and values of labels and annotations. */
import { type FieldError, invalidValue } from '../base/field-error.ts';
import { asString, type JsonValue } from '../base/json.ts';

export const QUALIFIED =
  /^([a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*\/)?[A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?$/;
export const KEY_RULE =
  "name part must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";
const LABEL_VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]*[A-Za-z0-9])?)?$/;
const ANNOTATIONS_LIMIT = 256 * 1024;
const VALUE_RULE =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";

export function labelErrors(labels: Record<string, JsonValue | undefined>, field: string): FieldError[] {
  return Object.entries(labels).flatMap(([key, value]) => {
    const text = asString(value);
    return [
      ...keyErrors(key, field),
      ...(text.length > 63 ? [invalidValue(field, text, 'must be no more than 63 bytes')] : []),
      ...(LABEL_VALUE.test(text) ? [] : [invalidValue(field, text, VALUE_RULE)]),
    ];
  });
}

export function annotationErrors(annotations: Record<string, JsonValue | undefined>, field: string): FieldError[] {
  const entries = Object.entries(annotations);
  const size = entries.reduce((sum, [key, value]) => sum + key.length + asString(value).length, 0);
  const errors = entries.flatMap(([key]) => keyErrors(key.toLowerCase(), field));
  if (size > ANNOTATIONS_LIMIT) {
    errors.push({
      type: 'FieldValueTooLong',
      field,
      detail: `may not be more than ${ANNOTATIONS_LIMIT} bytes`,
    });
  }
  return errors;
}

function keyErrors(key: string, field: string): FieldError[] {
  const name = key.slice(key.indexOf('/') + 1);
  if (name.length > 63) return [invalidValue(field, key, 'name part must be no more than 63 bytes')];
  return QUALIFIED.test(key) ? [] : [invalidValue(field, key, KEY_RULE)];
}
