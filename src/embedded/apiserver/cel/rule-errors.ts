/** What is wrong with the rules of a CustomResourceDefinition. */
import { type ASTNode, type Environment, serialize } from '@marcbachmann/cel-js';
import { type FieldError, invalidValue, notSupported, required } from '../base/field-error.ts';
import type { Schema, ValidationRule } from '../schema/schema.ts';
import { expressionProblem, mentions, nodesOf } from './compile.ts';
import { isFieldPath } from './field-path.ts';
import { typedEnvironment } from './typed-environment.ts';

const REASONS = ['FieldValueDuplicate', 'FieldValueForbidden', 'FieldValueInvalid', 'FieldValueRequired'];

/** Where a schema stands in the definition. */
interface Place {
  path: string;
  isRoot: boolean;
  /** The list above whose items can't be followed from one version of the object to the next. */
  uncorrelatable: string | undefined;
}

/** @param path of the schema in the definition */
export function ruleErrors(schema: Schema, path: string): FieldError[] {
  return levelErrors(schema, { path, isRoot: true, uncorrelatable: undefined });
}

function levelErrors(schema: Schema, { path, isRoot, uncorrelatable }: Place): FieldError[] {
  const own = (schema['x-kubernetes-validations'] ?? []).flatMap((rule, index) =>
    singleErrors(rule, schema, { path: `${path}.x-kubernetes-validations[${index}]`, isRoot, uncorrelatable }),
  );
  const below = (each: Schema, step: string, list = uncorrelatable) =>
    levelErrors(each, { path: path + step, isRoot: false, uncorrelatable: list });
  const properties = Object.entries(schema.properties ?? {}).flatMap(([key, each]) =>
    below(each, `.properties[${key}]`),
  );
  const isFollowable = schema['x-kubernetes-list-type'] === 'map';
  const list = uncorrelatable ?? (isFollowable ? undefined : path);
  const items = schema.items ? below(schema.items, '.items', list) : [];
  const { additionalProperties } = schema;
  const additional =
    typeof additionalProperties === 'object' ? below(additionalProperties, '.additionalProperties') : [];
  return [...own, ...properties, ...items, ...additional];
}

function singleErrors(rule: ValidationRule, schema: Schema, place: Place): FieldError[] {
  const { path } = place;
  if (typeof rule.rule !== 'string' || rule.rule.trim() === '')
    return [required(`${path}.rule`, 'rule is not specified')];
  return [...wordErrors(rule, schema, path), ...expressionErrors(rule, schema, place)];
}

function wordErrors({ rule, message, reason, fieldPath }: ValidationRule, schema: Schema, path: string): FieldError[] {
  const errors: FieldError[] = [];
  if (message !== undefined && message.trim() === '') {
    errors.push(invalidValue(`${path}.message`, message, 'must be non-empty if specified'));
  }
  if (message?.trim().includes('\n')) {
    errors.push(invalidValue(`${path}.message`, message, 'must not contain line breaks'));
  }
  if (message === undefined && rule.trim().includes('\n')) {
    errors.push(required(`${path}.message`, 'message must be specified if rule contains line breaks'));
  }
  if (reason !== undefined && !REASONS.includes(reason)) errors.push(notSupported(`${path}.reason`, reason, REASONS));
  if (fieldPath && !isFieldPath(fieldPath, schema)) {
    errors.push(invalidValue(`${path}.fieldPath`, fieldPath, 'must be a valid path'));
  }
  return errors;
}

function expressionErrors(rule: ValidationRule, schema: Schema, { path, isRoot, uncorrelatable }: Place): FieldError[] {
  const environment = typedEnvironment(schema, isRoot, rule.optionalOldSelf === true);
  const errors: FieldError[] = [];
  const problem = expressionProblem(environment, rule.rule, 'bool') ?? missingField(environment, rule.rule);
  if (problem) errors.push(invalidValue(`${path}.rule`, asGoPrintsIt(rule), problem));
  const usesOldSelf = problem === undefined && mentions(environment.parse(rule.rule).ast, 'oldSelf');
  if (rule.optionalOldSelf !== undefined && !usesOldSelf) {
    const detail = 'may not be set if oldSelf is not used in rule';
    errors.push(invalidValue(`${path}.optionalOldSelf`, rule.optionalOldSelf, detail));
  }
  if (usesOldSelf && uncorrelatable !== undefined) {
    const detail = `oldSelf cannot be used on the uncorrelatable portion of the schema within ${uncorrelatable}`;
    errors.push(invalidValue(`${path}.rule`, rule.rule, detail));
  }
  return [...errors, ...messageExpressionErrors(environment, rule, `${path}.messageExpression`)];
}

function messageExpressionErrors(environment: Environment, rule: ValidationRule, path: string): FieldError[] {
  const { messageExpression } = rule;
  if (messageExpression === undefined || messageExpression === '') return [];
  if (messageExpression.trim() === '') {
    return [required(path, 'messageExpression must be non-empty if specified')];
  }
  const problem = expressionProblem(environment, messageExpression, 'string');
  if (!problem) return [];
  const detail = problem.startsWith('compilation') ? `messageExpression ${problem}` : problem;
  return [invalidValue(path, asGoPrintsIt(rule), detail)];
}

function asGoPrintsIt({ rule, message, messageExpression, reason, fieldPath, optionalOldSelf }: ValidationRule) {
  return {
    Rule: rule,
    Message: message ?? '',
    MessageExpression: messageExpression ?? '',
    Reason: reason ?? null,
    FieldPath: fieldPath ?? '',
    OptionalOldSelf: optionalOldSelf ?? null,
  };
}

/** `has(self.x)` of a field that is not in the schema, which the check of types lets pass. */
function missingField(environment: Environment, expression: string): string | undefined {
  for (const selection of askedFor(environment.parse(expression).ast)) {
    const problem = expressionProblem(environment, serialize(selection), 'bool');
    if (problem?.includes('undefined field')) return problem;
  }
  return undefined;
}

function askedFor(node: ASTNode): ASTNode[] {
  const below = nodesOf(node.args).flatMap(askedFor);
  return node.op === 'call' && node.args[0] === 'has' ? [...node.args[1], ...below] : below;
}
