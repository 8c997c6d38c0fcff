/** The rules of `selectableFields`: fields of custom resources that lists can be narrowed by. */
import { duplicate, type FieldError, invalidValue, required } from '../base/field-error.ts';
import { asArray, asObject, asString, type JsonObject } from '../base/json.ts';
import { memberSchema, type Schema } from '../schema/schema.ts';

const TYPES = ['string', 'boolean', 'integer'];

/** @param path of the version's place in the definition */
export function selectableFieldErrors(version: JsonObject, path: string): FieldError[] {
  const schema = asObject(asObject(version.schema).openAPIV3Schema) as Schema;
  const seen = new Set<string>();
  return asArray(version.selectableFields).flatMap((field, index) => {
    const at = `${path}.selectableFields[${index}].jsonPath`;
    const jsonPath = asString(asObject(field).jsonPath);
    if (jsonPath === '') return [required(at)];
    if (seen.has(jsonPath)) return [duplicate(at, jsonPath)];
    seen.add(jsonPath);
    const problem = pathProblem(jsonPath, schema);
    return problem ? [invalidValue(at, jsonPath, problem)] : [];
  });
}

function pathProblem(jsonPath: string, root: Schema): string | undefined {
  if (!/^[.[]/.test(jsonPath)) return `is an invalid path: expected [ or . but got: ${jsonPath.split('.')[0]}`;
  const names = jsonPath.split('.').slice(1);
  let schema: Schema | undefined = names[0] === 'metadata' ? undefined : root;
  for (const name of names) schema = memberSchema(schema, name);
  if (!schema) return 'is an invalid path: does not refer to a valid field';
  if (TYPES.includes(schema.type ?? '')) return undefined;
  return 'must point to a field of type string, boolean or integer. Enum string fields and strings with formats are allowed.';
}
