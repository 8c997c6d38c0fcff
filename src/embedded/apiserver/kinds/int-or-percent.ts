import { type FieldError, invalidValue } from '../base/field-error.ts';
import type { JsonObject } from '../base/json.ts';

const PERCENT_RULE =
  "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')";

/** The rules of fields such as `maxUnavailable`: a number of things, or a share of them. */
export function intOrPercentErrors(value: JsonObject[string], path: string, isBounded: boolean): FieldError[] {
  if (typeof value === 'number' && value < 0) {
    return [invalidValue(path, value, 'must be greater than or equal to 0')];
  }
  if (typeof value !== 'string') return [];
  if (!/^[0-9]+%$/.test(value)) return [invalidValue(path, value, PERCENT_RULE)];
  if (isBounded && Number.parseInt(value, 10) > 100) {
    return [invalidValue(path, value, 'must not be greater than 100%')];
  }
  return [];
}
