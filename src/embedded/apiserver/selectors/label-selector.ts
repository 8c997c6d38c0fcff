/** Label selectors: `a=b`, `a!=b`, `a in (b,c)`, `a notin (b)`, `a`, `!a`, `a>1`, joined by commas. */
import { badRequest } from '../base/status-error.ts';
import { labelKeyProblem, labelValueProblem } from './label-form.ts';
import { SelectorTokens } from './selector-tokens.ts';

export type LabelRequirement =
  | { operator: 'in' | 'notin'; key: string; values: readonly string[] }
  | { operator: 'exists' | 'absent'; key: string }
  | { operator: 'gt' | 'lt'; key: string; value: number };

const OPERATORS = 'in, notin, =, ==, !=, gt, lt';

/** @throws KubeStatusError 400 for what is not a selector */
export function parseLabelSelector(text: string): LabelRequirement[] {
  const tokens = new SelectorTokens(text);
  const requirements: LabelRequirement[] = [];
  while (tokens.peek() !== '') {
    if (!tokens.isWord() && tokens.peek() !== '!') {
      throw badRequest(`found '${tokens.peek()}', expected: !, identifier, or 'end of string'`);
    }
    requirements.push(parseRequirement(tokens));
    if (tokens.peek() === '') break;
    if (tokens.peek() !== ',') throw badRequest(`found '${tokens.peek()}', expected: ',' or 'end of string'`);
    tokens.next();
    if (!tokens.isWord() && tokens.peek() !== '!') {
      throw badRequest(`found '${tokens.peek()}', expected: identifier after ','`);
    }
  }
  return requirements;
}

export function matchesLabels(requirements: readonly LabelRequirement[], labels: Record<string, string>): boolean {
  return requirements.every((requirement) => matches(requirement, labels));
}

function matches(requirement: LabelRequirement, labels: Record<string, string>): boolean {
  const has = Object.hasOwn(labels, requirement.key);
  const value = has ? String(labels[requirement.key]) : '';
  switch (requirement.operator) {
    case 'exists':
      return has;
    case 'absent':
      return !has;
    case 'in':
      return has && requirement.values.includes(value);
    case 'notin':
      return !has || !requirement.values.includes(value);
    case 'gt':
      return has && Number(value) > requirement.value;
    case 'lt':
      return has && Number(value) < requirement.value;
  }
}

function parseRequirement(tokens: SelectorTokens): LabelRequirement {
  const isAbsent = tokens.peek() === '!';
  if (isAbsent) tokens.next();
  const key = tokens.word('identifier');
  const problem = labelKeyProblem(key);
  if (problem) throw unparsable(`<nil>: Invalid value: ${JSON.stringify(key)}: ${problem}`);
  if (isAbsent) return { operator: 'absent', key };
  const operator = tokens.peek();
  if (operator === '' || operator === ',') return { operator: 'exists', key };
  tokens.next();
  switch (operator) {
    case 'in':
    case 'notin':
      return { operator, key, values: checked(key, parseSet(tokens)) };
    case '=':
    case '==':
      return { operator: 'in', key, values: checked(key, [tokens.value()]) };
    case '!=':
      return { operator: 'notin', key, values: checked(key, [tokens.value()]) };
    case '>':
    case '<':
      return { operator: operator === '>' ? 'gt' : 'lt', key, value: integer(tokens.value()) };
    default:
      throw unparsable(`found '${operator}', expected: ${OPERATORS}`);
  }
}

function parseSet(tokens: SelectorTokens): string[] {
  if (tokens.peek() !== '(') throw unparsable(`found '${tokens.peek()}' expected: '('`);
  tokens.next();
  const values: string[] = [];
  for (;;) {
    values.push(tokens.isWord() ? tokens.next() : '');
    const separator = tokens.next();
    if (separator === ')') return values;
    if (separator !== ',') throw unparsable(`found '${separator}', expected: ',' or ')'`);
  }
}

function checked(key: string, values: string[]): string[] {
  for (const [index, value] of values.entries()) {
    const problem = labelValueProblem(value);
    if (problem) throw unparsable(`values[${index}][${key}]: Invalid value: ${JSON.stringify(value)}: ${problem}`);
  }
  return values;
}

function integer(value: string): number {
  if (/^-?\d+$/.test(value)) return Number(value);
  const why = "for 'Gt', 'Lt' operators, the value must be an integer";
  throw unparsable(`values[0]: Invalid value: ${JSON.stringify(value)}: ${why}`);
}

function unparsable(why: string): Error {
  return badRequest(`unable to parse requirement: ${why}`);
}
