/** The behaviour of custom resources: what their schema says. */
import type { Environment } from '@marcbachmann/cel-js';
import { type FieldError, type FieldErrorType, invalidValue, NO_FIELD } from '../base/field-error.ts';
import { at } from '../base/json.ts';
import type { StoredObject } from '../base/kube-object.ts';
import { ruleChecker } from '../cel/rules.ts';
import type { Schema } from '../schema/schema.ts';
import { validate } from '../schema/validate.ts';
import type { Behaviour, ScalePaths } from './resource.ts';

/** With such errors an object is not what rules expect, so they are not asked. */
const BLOCKING = new Set<FieldErrorType>([
  'FieldValueNotSupported',
  'FieldValueRequired',
  'FieldValueTooLong',
  'FieldValueTooMany',
  'FieldValueTypeInvalid',
]);
const NOT_CHECKED: FieldError = {
  type: 'FieldValueInvalid',
  field: NO_FIELD,
  value: null,
  detail:
    'some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
};

export function customBehaviour(schema: Schema, scale: ScalePaths | undefined, environment: Environment): Behaviour {
  const rules = ruleChecker(environment, schema);
  return {
    validate(object, old, warnings) {
      const errors = [...validate(object, schema, '', old), ...(scale ? scaleErrors(object, scale) : [])];
      if (!rules.hasRules) return errors;
      if (errors.some(({ type }) => BLOCKING.has(type))) return [...errors, NOT_CHECKED];
      const findings = rules.check(object, old);
      warnings.push(...findings.warnings);
      return [...errors, ...findings.errors];
    },
  };
}

/** Replicas can be scaled, so they are a number that a scale may have. */
function scaleErrors(object: StoredObject, { specReplicas, statusReplicas }: ScalePaths): FieldError[] {
  return [specReplicas, statusReplicas].flatMap((path) => {
    const replicas = at(object, path);
    const field = `.${path.join('.')}`;
    if (typeof replicas === 'string' || (typeof replicas === 'number' && !Number.isInteger(replicas))) {
      const type = typeof replicas === 'string' ? 'string' : 'float64';
      return [invalidValue(field, 0, `${field} accessor error: ${replicas} is of the type ${type}, expected int64`)];
    }
    if (typeof replicas !== 'number' || replicas >= 0) return [];
    return [invalidValue(field, replicas, 'should be a non-negative integer')];
  });
}
