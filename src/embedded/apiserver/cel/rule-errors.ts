/** What is wrong with the rules of a CustomResourceDefinition. */
import type { ASTNode, Environment } from '@marcbachmann/cel-js';
import { type FieldError, invalidValue, required } from '../base/field-error.ts';
import type { Schema, ValidationRule } from '../schema/schema.ts';
import { compileRule, mentions, NO_BOOLEAN, nodesOf } from './compile.ts';
import { ruleEnvironment } from './environment.ts';
import { escapedName } from './values.ts';

/** @param path of the schema in the definition */
export function ruleErrors(schema: Schema, path: string): FieldError[] {
  return levelErrors(ruleEnvironment(), schema, path, true);
}

function levelErrors(environment: Environment, schema: Schema, path: string, followable: boolean): FieldError[] {
  const own = (schema['x-kubernetes-validations'] ?? []).flatMap((rule, index) =>
    singleErrors(environment, rule, schema, `${path}.x-kubernetes-validations[${index}]`, followable),
  );
  const properties = Object.entries(schema.properties ?? {}).flatMap(([key, each]) =>
    levelErrors(environment, each, `${path}.properties[${key}]`, followable),
  );
  const items = schema.items
    ? levelErrors(environment, schema.items, `${path}.items`, followable && schema['x-kubernetes-list-type'] === 'map')
    : [];
  const additional =
    typeof schema.additionalProperties === 'object'
      ? levelErrors(environment, schema.additionalProperties, `${path}.additionalProperties`, followable)
      : [];
  return [...own, ...properties, ...items, ...additional];
}

function singleErrors(
  environment: Environment,
  rule: ValidationRule,
  schema: Schema,
  path: string,
  followable: boolean,
): FieldError[] {
  if (typeof rule.rule !== 'string' || rule.rule.trim() === '')
    return [required(`${path}.rule`, 'rule is not specified')];
  const errors: FieldError[] = [];
  if (rule.message !== undefined && rule.message.trim() === '') {
    errors.push(invalidValue(`${path}.message`, rule.message, 'must be non-empty if specified'));
  }
  if (rule.message?.trim().includes('\n')) {
    errors.push(invalidValue(`${path}.message`, rule.message, 'must not contain line breaks'));
  }
  if (rule.message === undefined && rule.rule.trim().includes('\n')) {
    errors.push(required(`${path}.message`, 'message must be specified if rule contains line breaks'));
  }
  try {
    const compiled = compileRule(environment, rule);
    const missing = undefinedField(environment.parse(rule.rule).ast, schema);
    if (missing) throw new Error(`compilation failed: undefined field '${missing}'`);
    const result = schemaOf(environment.parse(rule.rule).ast, schema);
    if (typeof result === 'object' && result.type !== 'boolean') throw new Error(NO_BOOLEAN);
    if (compiled.isTransition && !followable) {
      errors.push(
        invalidValue(`${path}.rule`, rule.rule, 'oldSelf cannot be used on the uncorrelatable portion of the schema'),
      );
    }
  } catch (error) {
    errors.push(invalidValue(`${path}.rule`, asGoPrintsIt(rule), error instanceof Error ? error.message : ''));
  }
  return errors;
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

/** The first field that is selected from `self` or `oldSelf` although the schema has none of this name. */
function undefinedField(node: ASTNode, schema: Schema): string | undefined {
  if (!mentions(node, 'self') && !mentions(node, 'oldSelf')) return undefined;
  const found = schemaOf(node, schema);
  if (typeof found === 'string') return found;
  for (const each of nodesOf(node.args)) {
    const missing = undefinedField(each, schema);
    if (missing) return missing;
  }
  return undefined;
}

/** The schema of a chain of selections; a name when a field is missing; nothing where the chain can't be followed. */
function schemaOf(node: ASTNode, root: Schema): Schema | string | undefined {
  if (node.op === 'id') return node.args === 'self' || node.args === 'oldSelf' ? root : undefined;
  if (node.op !== '.') return undefined;
  const [owner, name] = node.args;
  const schema = schemaOf(owner, root);
  if (typeof schema !== 'object' || !schema.properties || schema['x-kubernetes-preserve-unknown-fields'])
    return undefined;
  const key = Object.keys(schema.properties).find((each) => escapedName(each) === name);
  if (key !== undefined) return schema.properties[key];
  const implicit = schema === root || schema['x-kubernetes-embedded-resource'];
  return implicit && ['apiVersion', 'kind', 'metadata'].includes(name) ? undefined : name;
}
