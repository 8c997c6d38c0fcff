/** The rules of numbers and strings. */
import { type FieldError, invalidValue, NO_FIELD } from '../base/field-error.ts';
import type { Schema } from './schema.ts';

export function numberErrors(value: number, schema: Schema, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const refuse = (why: string) => errors.push(invalidValue(path, value, `${path} in body should be ${why}`));
  const { minimum, maximum, multipleOf } = schema;
  if (maximum !== undefined) {
    if (schema.exclusiveMaximum ? value >= maximum : value > maximum) {
      refuse(`less than ${schema.exclusiveMaximum ? '' : 'or equal to '}${maximum}`);
    }
  }
  if (minimum !== undefined) {
    if (schema.exclusiveMinimum ? value <= minimum : value < minimum) {
      refuse(`greater than ${schema.exclusiveMinimum ? '' : 'or equal to '}${minimum}`);
    }
  }
  if (multipleOf !== undefined && !Number.isInteger(value / multipleOf)) refuse(`a multiple of ${multipleOf}`);
  const bits = schema.format === 'int32' ? 31 : 0;
  if (bits > 0 && (value < -(2 ** bits) || value >= 2 ** bits)) {
    errors.push(wrongNumber('int32', path));
  }
  return errors;
}

/** A number that does not go into an integer of the format. */
export function wrongNumber(format: string | undefined, path: string): FieldError {
  const kind = format ? `with format ${format}` : '(default format)';
  return invalidValue(NO_FIELD, '', `Checked value must be of type integer ${kind} in ${path}`);
}

/** The first rule that is broken. */
export function stringErrors(value: string, schema: Schema, path: string): FieldError[] {
  const { minLength, maxLength, pattern } = schema;
  const length = minLength === undefined && maxLength === undefined ? 0 : [...value].length;
  if (maxLength !== undefined && length > maxLength) {
    return [{ type: 'FieldValueTooLong', field: path, detail: `may not be more than ${maxLength} bytes` }];
  }
  if (minLength !== undefined && length < minLength) {
    return [invalidValue(path, value, `${path} in body should be at least ${minLength} chars long`)];
  }
  if (pattern !== undefined && !matches(pattern, value)) {
    return [invalidValue(path, value, `${path} in body should match '${pattern}'`)];
  }
  return [];
}

/** A pattern that is no regular expression was refused with its schema. */
function matches(pattern: string, value: string): boolean {
  return regularExpression(pattern)?.test(value) ?? true;
}

/** Go's flavour as far as JavaScript has it: `\A`, `\z` and a leading `(?i)` are translated. */
export function regularExpression(pattern: string): RegExp | undefined {
  const flags = /^\(\?([is]+)\)/.exec(pattern);
  const source = pattern
    .slice(flags?.[0].length ?? 0)
    .replaceAll('\\A', '^')
    .replaceAll('\\z', '$');
  try {
    return new RegExp(source, `u${flags?.[1] ?? ''}`);
  } catch {
    try {
      return new RegExp(source, flags?.[1] ?? '');
    } catch {
      return undefined;
    }
  }
}
