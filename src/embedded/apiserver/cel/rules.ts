/** Checks an object against the rules at every level of its schema. */
import type { Environment } from '@marcbachmann/cel-js';
import {
  duplicate,
  type FieldError,
  type FieldErrorType,
  fieldErrorText,
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
  check(value: JsonValue, old: JsonValue | undefined): Findings;
}

interface Findings {
  errors: FieldError[];
  /** Broken rules about what did not change: a new rule does not lock old objects. */
  warnings: string[];
}

/** Compiles all rules of a schema. @throws Error when one is not of the language */
export function ruleChecker(environment: Environment, schema: Schema): RuleChecker {
  const compiled = new Map<Schema, CompiledRule[]>();
  collect(environment, schema, compiled);
  return {
    hasRules: compiled.size > 0,
    check(value, old) {
      const findings: Findings = { errors: [], warnings: [] };
      check(value, old, schema, '', compiled, findings);
      return findings;
    },
  };
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
  findings: Findings,
): void {
  const rules = schema && compiled.get(schema);
  if (!rules || value === undefined || value === null) return;
  if (rules.length > 0) checkLevel(value, old, schema, path, rules, findings);
  if (Array.isArray(value)) {
    value.forEach((item, index) => {
      check(item, correlated(old, item, schema), schema.items, `${path}[${index}]`, compiled, findings);
    });
  } else if (isObject(value)) {
    for (const [key, member] of Object.entries(value)) {
      const before = isObject(old) ? old[key] : undefined;
      check(member, before, memberSchema(schema, key), memberPath(path, key, schema), compiled, findings);
    }
  }
}

function memberPath(path: string, key: string, schema: Schema): string {
  if (!schema.properties) return `${path}[${key}]`;
  return path === '' ? key : `${path}.${key}`;
}

function checkLevel(
  value: JsonValue,
  old: JsonValue | undefined,
  schema: Schema,
  path: string,
  rules: readonly CompiledRule[],
  findings: Findings,
): void {
  const self = celValue(value, schema);
  const oldSelf = old === undefined ? undefined : celValue(old, schema);
  const isUnchanged = old !== undefined && equal(value, old);
  for (const rule of rules) {
    if (rule.isTransition && oldSelf === undefined) continue;
    const error = ruleError(rule, { self, oldSelf }, value, schema, path);
    if (!error) continue;
    if (isUnchanged && !rule.usesOldSelf) findings.warnings.push(fieldErrorText(error));
    else findings.errors.push(error);
  }
}

function ruleError(
  compiled: CompiledRule,
  values: { self: unknown; oldSelf: unknown },
  value: JsonValue,
  schema: Schema,
  path: string,
): FieldError | undefined {
  try {
    return compiled.holds(values) ? undefined : broken(compiled, path, value, compiled.message(values));
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : '';
    const { message, rule } = compiled.rule;
    const detail = `${why.replace(/^No such/, 'no such')} evaluating rule: ${message ?? rule}`;
    return invalidValue(path || NO_FIELD, schema.type ?? '', detail);
  }
}

function broken({ rule }: CompiledRule, path: string, value: JsonValue, message: string): FieldError {
  const field = (rule.fieldPath ? joined(path, rule.fieldPath) : path) || NO_FIELD;
  const reason = rule.reason as FieldErrorType | undefined;
  if (reason === 'FieldValueForbidden') return forbiddenField(field, message);
  if (reason === 'FieldValueRequired') return required(field, message);
  const shown = typeof value === 'object' ? {} : { value };
  if (reason === 'FieldValueDuplicate') return duplicate(field, shown.value);
  return { type: 'FieldValueInvalid', field, detail: message, ...shown };
}

function joined(path: string, below: string): string {
  return path === '' ? below.replace(/^\./, '') : `${path}${below}`;
}
