/** One rule that one field breaks, in the words of Kubernetes. */

export type FieldErrorType =
  | 'FieldValueNotFound'
  | 'FieldValueRequired'
  | 'FieldValueDuplicate'
  | 'FieldValueInvalid'
  | 'FieldValueNotSupported'
  | 'FieldValueForbidden'
  | 'FieldValueTooLong'
  | 'FieldValueTooMany'
  | 'FieldValueTooShort'
  | 'FieldValueTypeInvalid';

export interface FieldError {
  type: FieldErrorType;
  field: string;
  /** What is wrong; absent where the type says it all. */
  detail?: string;
  /** The value found; absent where the wording leaves it out. */
  value?: unknown;
}

const TITLES: Record<FieldErrorType, string> = {
  FieldValueNotFound: 'Not found',
  FieldValueRequired: 'Required value',
  FieldValueDuplicate: 'Duplicate value',
  FieldValueInvalid: 'Invalid value',
  FieldValueNotSupported: 'Unsupported value',
  FieldValueForbidden: 'Forbidden',
  FieldValueTooLong: 'Too long',
  FieldValueTooMany: 'Too many',
  FieldValueTooShort: 'Too short',
  FieldValueTypeInvalid: 'Invalid value',
};
const WITHOUT_VALUE = new Set<FieldErrorType>([
  'FieldValueRequired',
  'FieldValueForbidden',
  'FieldValueTooLong',
  'FieldValueTooShort',
]);

/** `spec.x: Invalid value: 0: must be greater`, or without the field's name when `bare`. */
export function fieldErrorText(error: FieldError, options?: { bare?: boolean } | number): string {
  const title = TITLES[error.type];
  const value = error.value === undefined || WITHOUT_VALUE.has(error.type) ? '' : `: ${valueText(error.value)}`;
  const detail = error.detail ? `: ${error.detail}` : '';
  const body = `${title}${value}${detail}`;
  return typeof options === 'object' && options.bare ? body : `${error.field}: ${body}`;
}

function valueText(value: unknown): string {
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const text = JSON.stringify(value);
  return typeof value === 'string' ? text : text.replaceAll(/[<>&]/g, escaped);
}

/** As Go writes JSON, so that it could stand in HTML. */
function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}

/** The field of a problem that has none. */
export const NO_FIELD = '<nil>';

export function invalidValue(field: string, value: unknown, detail: string): FieldError {
  return { type: 'FieldValueInvalid', field, value: value ?? null, detail };
}

export function required(field: string, detail = ''): FieldError {
  return { type: 'FieldValueRequired', field, detail };
}

export function forbiddenField(field: string, detail: string): FieldError {
  return { type: 'FieldValueForbidden', field, detail };
}

export function duplicate(field: string, value: unknown): FieldError {
  return { type: 'FieldValueDuplicate', field, value };
}

export function notSupported(field: string, value: unknown, supported: readonly string[]): FieldError {
  const list = supported.map((item) => JSON.stringify(item)).join(', ');
  return { type: 'FieldValueNotSupported', field, value, detail: `supported values: ${list}` };
}
