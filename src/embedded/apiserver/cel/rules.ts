/** Checks an object against the rules at every level of its schema. */
import type { Environment } from '@marcbachmann/cel-js';
import {
  type FieldError,
  type FieldErrorType,
  forbiddenField,
  invalidValue,
  NO_FIELD,
  required,
} from '../base/field-error.ts';
import { equal, isObject, type JsonValue } from '../base/json.ts';
import { correlated } from '../schema/correlate.ts';
import { memberSchema, type Schema } from '../schema/schema.ts';
import { type CompiledRule, compileRules } from './compile.ts';
import { celValue } from './values.ts';

export interface RuleChecker {
  /** False when the schema has no rules at all. */
  hasRules: boolean;
  check(value: JsonValue, old: JsonValue | undefined): FieldError[];
}

/** Compiles all rules of a schema. @throws Error when one is not of the language */
export function ruleChecker(environment: Environment, schema: Schema): RuleChecker {
  const compiled = new Map<Schema, CompiledRule[]>();
  collect(environment, schema, compiled);
  return { hasRules: compiled.size > 0, check: (value, old) => check(value, old, schema, '', compiled) };
}

/** Remembers every schema with rules at it or below it. */
function collect(environment: Environment, schema: Schema, compiled: Map<Schema, CompiledRule[]>): boolean {
  const rules = compileRules(environment, schema);
  const below = [...Object.values(schema.properties ?? {}), schema.items, schema.additionalProperties];
  const hasRulesBelow = below
    .map((each) => typeof each === 'object' && collect(environment, each, compiled))
    .some(Boolean);
  const has = rules.length > 0 || hasRulesBelow;
  if (has) compiled.set(schema, rules);
  return has;
}

function check(
  value: JsonValue | undefined,
  old: JsonValue | undefined,
  schema: Schema | undefined,
  path: string,
  compiled: ReadonlyMap<Schema, CompiledRule[]>,
): FieldError[] {
  const rules = schema && compiled.get(schema);
  if (!rules || value === undefined || value === null) return [];
  // What did not change is not judged again, so that a new rule does not lock old objects.
  if (old !== undefined && equal(value, old) && !rules.some(({ isTransition }) => isTransition)) return [];
  const errors = rules.length === 0 ? [] : ruleErrors(value, old, schema, path, rules);
  if (Array.isArray(value)) {
    value.forEach((item, index) => {
      errors.push(...check(item, correlated(old, item, schema), schema.items, `${path}[${index}]`, compiled));
    });
  } else if (isObject(value)) {
    for (const [key, member] of Object.entries(value)) {
      const before = isObject(old) ? old[key] : undefined;
      errors.push(...check(member, before, memberSchema(schema, key), path === '' ? key : `${path}.${key}`, compiled));
    }
  }
  return errors;
}

function ruleErrors(
  value: JsonValue,
  old: JsonValue | undefined,
  schema: Schema,
  path: string,
  rules: readonly CompiledRule[],
): FieldError[] {
  const self = celValue(value, schema);
  const oldSelf = old === undefined ? undefined : celValue(old, schema);
  return rules.flatMap((compiled) => {
    if (compiled.isTransition && oldSelf === undefined) return [];
    const context = oldSelf === undefined ? { self } : { self, oldSelf };
    const type = schema.type ?? '';
    try {
      return compiled.holds(context) ? [] : [broken(compiled, path, value, compiled.message(context))];
    } catch (error) {
      const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : '';
      return [
        invalidValue(path || NO_FIELD, type, `${why} evaluating rule: ${compiled.rule.message ?? compiled.rule.rule}`),
      ];
    }
  });
}

function broken({ rule }: CompiledRule, path: string, value: JsonValue, message: string): FieldError {
  const field = rule.fieldPath ? joined(path, rule.fieldPath) : path;
  const reason = rule.reason as FieldErrorType | undefined;
  if (reason === 'FieldValueForbidden') return forbiddenField(field, message);
  if (reason === 'FieldValueRequired') return required(field, message);
  const shown = typeof value === 'object' ? {} : { value };
  return { type: reason ?? 'FieldValueInvalid', field: field || NO_FIELD, detail: message, ...shown };
}

function joined(path: string, below: string): string {
  return path === '' ? below.replace(/^\./, '') : `${path}${below}`;
}
