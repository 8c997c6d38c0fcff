/** A policy as a function of a write. */
import { asObjects, asString, type JsonObject } from '../../base/json.ts';
import { policyEnvironment } from './environment.ts';
import type { PolicyInput } from './input.ts';

export interface Violation {
  message: string;
  /** Of the answer. */
  reason: string;
}

/** The rules that do not hold; where one can't be told and the policy fails closed, that is a violation as well. */
export type CompiledPolicy = (input: PolicyInput) => Violation[];

type Values = PolicyInput & { variables: object };
type Expression = (values: Values) => unknown;

export function compilePolicy(spec: JsonObject): CompiledPolicy {
  const environment = policyEnvironment();
  const compile = (text: string): Expression => {
    const program = environment.parse(text);
    return (values) => inWords(text, () => program(values as unknown as Record<string, unknown>));
  };
  const conditions = asObjects(spec.matchConditions).map(({ expression }) => compile(asString(expression)));
  const variables = asObjects(spec.variables).map(
    ({ name, expression }) => [asString(name), compile(asString(expression))] as const,
  );
  const validations = asObjects(spec.validations).map((validation) => compileValidation(validation, compile));
  const failing = (error: unknown): Violation[] =>
    spec.failurePolicy === 'Ignore' ? [] : [{ message: (error as Error).message, reason: 'Invalid' }];
  return (input) => {
    const values = { ...input, variables: {} };
    try {
      if (!isMeant(conditions, values)) return [];
    } catch (error) {
      return failing(error);
    }
    for (const [name, expression] of variables) defineOnDemand(values.variables, name, () => expression(values));
    return validations.flatMap((check) => {
      try {
        return check(values);
      } catch (error) {
        return failing(error);
      }
    });
  };
}

/** One condition that does not hold is enough, whatever can't be told of others. */
function isMeant(conditions: readonly Expression[], values: Values): boolean {
  const errors: unknown[] = [];
  for (const condition of conditions) {
    try {
      if (condition(values) !== true) return false;
    } catch (error) {
      errors.push(error);
    }
  }
  if (errors.length > 0) throw errors[0];
  return true;
}

function compileValidation(
  validation: JsonObject,
  compile: (text: string) => Expression,
): (values: Values) => Violation[] {
  const text = asString(validation.expression).trim();
  const holds = compile(asString(validation.expression));
  const messageOf = validation.messageExpression ? compile(asString(validation.messageExpression)) : undefined;
  const plain = asString(validation.message).trim() || `failed expression: ${text}`;
  const reason = asString(validation.reason) || 'Invalid';
  return (values) => (holds(values) === true ? [] : [{ message: told(messageOf, values) ?? plain, reason }]);
}

function told(messageOf: Expression | undefined, values: Values): string | undefined {
  try {
    const message = messageOf?.(values);
    return typeof message === 'string' && message.trim() !== '' && !message.includes('\n') ? message : undefined;
  } catch {
    return undefined;
  }
}

/** Computed when it is first asked for. */
function defineOnDemand(variables: object, name: string, compute: () => unknown): void {
  const get = () => {
    const value = compute();
    Object.defineProperty(variables, name, { value, enumerable: true });
    return value;
  };
  Object.defineProperty(variables, name, { get, enumerable: true, configurable: true });
}

/** @throws Error in the words of the API server */
function inWords(text: string, evaluate: () => unknown): unknown {
  try {
    return evaluate();
  } catch (error) {
    const why = error instanceof Error ? (error.message.split('\n')[0] ?? '') : '';
    throw new Error(`expression '${text}' resulted in error: ${why.replace(/^No such/, 'no such')}`, { cause: error });
  }
}
