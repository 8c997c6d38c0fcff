/** LabelSelectors: what they may say, and what they match. */
import { type FieldError, forbiddenField, invalidValue, required } from '../base/field-error.ts';
import { asArray, asObject, asString, type JsonObject } from '../base/json.ts';

const OPERATORS = ['In', 'NotIn', 'Exists', 'DoesNotExist'];

export function selectorErrors(selector: JsonObject, path: string): FieldError[] {
  return asArray(selector.matchExpressions).flatMap((each, index) => {
    const { operator, values } = asObject(each);
    const at = `${path}.matchExpressions[${index}]`;
    const isEmpty = asArray(values).length === 0;
    if (!OPERATORS.includes(asString(operator))) {
      return [invalidValue(`${at}.operator`, operator ?? '', 'not a valid selector operator')];
    }
    const takesValues = operator === 'In' || operator === 'NotIn';
    if (takesValues && isEmpty) {
      return [required(`${at}.values`, "must be specified when `operator` is 'In' or 'NotIn'")];
    }
    if (!takesValues && !isEmpty) {
      return [forbiddenField(`${at}.values`, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")];
    }
    return [];
  });
}

export function selects(selector: JsonObject, labels: Record<string, string>): boolean {
  const exact = Object.entries(asObject(selector.matchLabels)).every(([key, value]) => labels[key] === value);
  return exact && asArray(selector.matchExpressions).every((each) => matches(asObject(each), labels));
}

function matches({ key, operator, values }: JsonObject, labels: Record<string, string>): boolean {
  const value = labels[asString(key)];
  switch (operator) {
    case 'In':
      return value !== undefined && asArray(values).includes(value);
    case 'NotIn':
      return value === undefined || !asArray(values).includes(value);
    case 'Exists':
      return value !== undefined;
    default:
      return value === undefined;
  }
}
