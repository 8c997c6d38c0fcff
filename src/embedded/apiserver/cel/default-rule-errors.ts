/** Defaults must not break the rules of the schema they stand in. */
import { type FieldError, NO_FIELD } from '../base/field-error.ts';
import type { Schema } from '../schema/schema.ts';
import { ruleEnvironment } from './environment.ts';
import { ruleChecker } from './rules.ts';

/**
 * Each default as it stands: without the defaults of the fields below it, as the real API server judges it.
 * @param path of the schema in the definition; its rules are of the language
 */
export function defaultRuleErrors(schema: Schema, path: string): FieldError[] {
  const below = [
    ...Object.entries(schema.properties ?? {}).map(([key, each]) => [each, `.properties[${key}]`] as const),
    ...(schema.items ? [[schema.items, '.items'] as const] : []),
    ...(typeof schema.additionalProperties === 'object'
      ? [[schema.additionalProperties, '.additionalProperties'] as const]
      : []),
  ];
  return [...ownErrors(schema, path), ...below.flatMap(([each, step]) => defaultRuleErrors(each, path + step))];
}

function ownErrors(schema: Schema, path: string): FieldError[] {
  if (schema.default === undefined || schema.default === null) return [];
  const checker = ruleChecker(ruleEnvironment(), schema);
  // Rules about a change are held to it as well, as to a value that stays.
  const errors = [
    ...checker.check(schema.default, undefined).errors,
    ...checker.check(schema.default, schema.default).errors,
  ];
  const at = `${path}.default`;
  const placed = errors.map((error) => ({ ...error, field: error.field === NO_FIELD ? at : `${at}.${error.field}` }));
  return [...new Map(placed.map((error) => [`${error.field}: ${error.detail}`, error])).values()];
}
