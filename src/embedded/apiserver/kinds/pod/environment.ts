import { type FieldError, invalidValue, required } from '../../base/field-error.ts';
import { asObject, asString, isObject, type JsonObject } from '../../base/json.ts';

const NAME_RULE = "a valid environment variable name must consist only of printable ASCII characters other than '='";
const FIELDS = [
  'metadata.name',
  'metadata.namespace',
  'metadata.uid',
  'spec.nodeName',
  'spec.serviceAccountName',
  'status.hostIP',
  'status.hostIPs',
  'status.podIP',
  'status.podIPs',
];

export function environmentErrors(variables: JsonObject[], path: string): FieldError[] {
  return variables.flatMap(({ name, value, valueFrom }, index) => {
    const at = `${path}[${index}]`;
    const errors: FieldError[] = [];
    if (!name) errors.push(required(`${at}.name`));
    else if (!/^[ -<>-~]+$/.test(asString(name))) errors.push(invalidValue(`${at}.name`, name, NAME_RULE));
    if (!isObject(valueFrom)) return errors;
    if (value) {
      errors.push(invalidValue(`${at}.valueFrom`, '', 'may not be specified when `value` is not empty'));
    }
    return [...errors, ...fieldErrors(asObject(valueFrom.fieldRef).fieldPath, `${at}.valueFrom.fieldRef.fieldPath`)];
  });
}

function fieldErrors(field: JsonObject[string], path: string): FieldError[] {
  if (field === undefined) return [];
  const text = asString(field);
  if (FIELDS.includes(text) || /^metadata\.(labels|annotations)\['.+'\]$/.test(text)) return [];
  return [invalidValue(path, field, `error converting fieldPath: field label not supported: ${text}`)];
}
