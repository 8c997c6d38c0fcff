/** Rules turned into functions, once per schema. */
import { type ASTNode, type Environment, ParseError } from '@marcbachmann/cel-js';
import type { Schema, ValidationRule } from '../schema/schema.ts';

export const NO_BOOLEAN = 'cel expression must evaluate to a bool';

/** The expression is one, but of another type. */
class ResultError extends Error {}

export interface CompiledRule {
  rule: ValidationRule;
  /** It compares with the value before, so it says nothing about a new one. */
  isTransition: boolean;
  holds(context: RuleContext): boolean;
  message(context: RuleContext): string;
}

interface RuleContext {
  [name: string]: unknown;
  self: unknown;
  oldSelf?: unknown;
}

/** @throws Error in plain words when the rule is not of the language */
export function compileRule(environment: Environment, rule: ValidationRule): CompiledRule {
  const program = parse(environment, rule.rule, 'bool');
  const message = rule.messageExpression ? parse(environment, rule.messageExpression, 'string') : undefined;
  const plain = rule.message?.trim() || `failed rule: ${rule.rule.trim()}`;
  return {
    rule,
    isTransition: mentions(program.ast, 'oldSelf'),
    holds: (context) => program(context) === true,
    message(context) {
      if (!message) return plain;
      try {
        const text: unknown = message(context);
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

function parse(environment: Environment, expression: string, wanted: 'bool' | 'string') {
  try {
    const program = environment.parse(expression);
    const checked = program.check();
    if (!checked.valid) throw checked.error ?? new Error('the expression has no type');
    if (checked.type !== wanted && checked.type !== 'dyn') {
      throw new ResultError(wanted === 'bool' ? NO_BOOLEAN : 'messageExpression must evaluate to a string');
    }
    return program;
  } catch (error) {
    if (error instanceof ResultError) throw error;
    const text =
      error instanceof ParseError ? error.summary : error instanceof Error ? error.message.split('\n')[0] : '';
    throw new Error(`compilation failed: ${text}`, { cause: error });
  }
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
