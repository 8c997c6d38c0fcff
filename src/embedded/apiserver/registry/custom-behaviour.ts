/** The behaviour of custom resources: what their schema says. */
import type { Environment } from '@marcbachmann/cel-js';
import { ruleChecker } from '../cel/rules.ts';
import type { Schema } from '../schema/schema.ts';
import { validate } from '../schema/validate.ts';
import type { Behaviour } from './resource.ts';

export function customBehaviour(schema: Schema, environment: Environment): Behaviour {
  const checkRules = ruleChecker(environment, schema);
  return {
    validate(object, old) {
      const errors = validate(object, schema, '', old);
      return errors.length > 0 ? errors : checkRules(object, old);
    },
  };
}
