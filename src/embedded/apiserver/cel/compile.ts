/** Rules turned into functions, once per schema. */
import { type ASTNode, TypeError as CelTypeError, type Environment, Optional, ParseError } from '@marcbachmann/cel-js';
import type { Schema, ValidationRule } from '../schema/schema.ts';

export interface CompiledRule {
  rule: ValidationRule;
  /** It compares with the value before. */
  usesOldSelf: boolean;
  /** It says nothing about a value that was not there before. */
  isTransition: boolean;
  holds(values: RuleValues): boolean;
  message(values: RuleValues): string;
}

interface RuleValues {
  self: unknown;
  /** `undefined` for a value that was not there before. */
  oldSelf: unknown;
}

/** @throws Error in plain words when the rule is not of the language */
function compileRule(environment: Environment, rule: ValidationRule): CompiledRule {
  const program = parse(environment, rule.rule);
  const message = rule.messageExpression ? parse(environment, rule.messageExpression) : undefined;
  const plain = rule.message?.trim() || `failed rule: ${rule.rule.trim()}`;
  const usesOldSelf = mentions(program.ast, 'oldSelf');
  const variables = ({ self, oldSelf }: RuleValues) => {
    if (rule.optionalOldSelf) return { self, oldSelf: oldSelf === undefined ? Optional.none() : Optional.of(oldSelf) };
    return oldSelf === undefined ? { self } : { self, oldSelf };
  };
  return {
    rule,
    usesOldSelf,
    isTransition: usesOldSelf && rule.optionalOldSelf !== true,
    holds: (values) => program(variables(values)) === true,
    message(values) {
      if (!message) return plain;
      try {
        const text: unknown = message(variables(values));
        return typeof text === 'string' && text.trim() !== '' && !text.includes('\n') ? text : plain;
      } catch {
        return plain;
      }
    },
  };
}

export function compileRules(environment: Environment, schema: Schema): CompiledRule[] {
  return (schema['x-kubernetes-validations'] ?? []).map((rule) => compileRule(environment, rule));
}

function parse(environment: Environment, expression: string) {
  try {
    return environment.parse(expression);
  } catch (error) {
    throw new Error(compilationError(expression, error), { cause: error });
  }
}

/** What is wrong with an expression and where, in the form of the API server; `undefined` for nothing. */
export function expressionProblem(
  environment: Environment,
  expression: string,
  wanted: 'bool' | 'string',
): string | undefined {
  try {
    const checked = environment.parse(expression).check();
    if (!checked.valid) return compilationError(expression, checked.error);
    if (checked.type === wanted || checked.type === 'dyn') return undefined;
    return wanted === 'bool' ? 'cel expression must evaluate to a bool' : 'messageExpression must evaluate to a string';
  } catch (error) {
    return compilationError(expression, error);
  }
}

function compilationError(expression: string, error: unknown): string {
  const isLocated = error instanceof ParseError || error instanceof CelTypeError;
  if (!isLocated) return `compilation failed: ERROR: ${error instanceof Error ? error.message.split('\n')[0] : ''}`;
  const before = expression.slice(0, error.range?.start ?? 0).split('\n');
  // A field that is missing is shown at the dot before it.
  const column = (before.at(-1) ?? '').length - (error.summary.startsWith('No such key') ? 1 : 0);
  const line = expression.split('\n')[before.length - 1] ?? '';
  return `compilation failed: ERROR: <input>:${before.length}:${column + 1}: ${inWords(error.summary)}\n | ${line}\n | ${'.'.repeat(column)}^`;
}

/** The two most frequent mistakes have the words of the API server. */
function inWords(summary: string): string {
  return summary
    .replace(/^No such key: (.*)$/, "undefined field '$1'")
    .replace(/^Unknown variable: (.*)$/, "undeclared reference to '$1' (in container '')");
}

/** Whether the expression uses a variable. */
export function mentions(node: ASTNode, variable: string): boolean {
  if (node.op === 'id') return node.args === variable;
  return nodesOf(node.args).some((each) => mentions(each, variable));
}

export function nodesOf(args: unknown): ASTNode[] {
  if (Array.isArray(args)) return args.flatMap(nodesOf);
  return typeof args === 'object' && args !== null && 'op' in args ? [args as ASTNode] : [];
}
