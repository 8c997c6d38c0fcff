/** Label selectors: `a=b`, `a!=b`, `a in (b,c)`, `a notin (b)`, `a`, `!a`, joined by commas. */
import { badRequest } from '../base/status-error.ts';

export type LabelRequirement =
  | { operator: 'in' | 'notin'; key: string; values: readonly string[] }
  | { operator: 'exists' | 'absent'; key: string }
  | { operator: 'gt' | 'lt'; key: string; value: number };

const KEY = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/;
const VALUE = /^([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?$/;

/** @throws KubeStatusError 400 for what is not a selector */
export function parseLabelSelector(text: string): LabelRequirement[] {
  return splitRequirements(text).map((part) => {
    const requirement = parseRequirement(part);
    if (!requirement || !KEY.test(requirement.key)) throw unparsable(part);
    if ('values' in requirement && !requirement.values.every((value) => VALUE.test(value))) throw unparsable(part);
    return requirement;
  });
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

/** At commas that are not inside parentheses. */
function splitRequirements(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let current = '';
  for (const character of text) {
    if (character === '(') depth++;
    if (character === ')') depth--;
    if (character === ',' && depth === 0) {
      parts.push(current);
      current = '';
    } else {
      current += character;
    }
  }
  parts.push(current);
  return parts.map((part) => part.trim()).filter((part, _, all) => part !== '' || all.length > 1);
}

function parseRequirement(part: string): LabelRequirement | undefined {
  const set = /^(\S+)\s+(in|notin)\s*\(([^()]*)\)$/.exec(part);
  if (set?.[1] && set[2]) {
    const values = (set[3] ?? '').split(',').map((value) => value.trim());
    return { operator: set[2] === 'in' ? 'in' : 'notin', key: set[1], values };
  }
  const comparison = /^([^\s=!<>]+)\s*(==|=|!=|>|<)\s*([^\s=!<>]*)$/.exec(part);
  if (comparison?.[1]) return compared(comparison[1], comparison[2] ?? '', comparison[3] ?? '');
  const absent = /^!\s*(\S+)$/.exec(part);
  if (absent?.[1]) return { operator: 'absent', key: absent[1] };
  return /^\S+$/.test(part) ? { operator: 'exists', key: part } : undefined;
}

function compared(key: string, operator: string, value: string): LabelRequirement | undefined {
  if (operator === '!=') return { operator: 'notin', key, values: [value] };
  if (operator === '=' || operator === '==') return { operator: 'in', key, values: [value] };
  if (!/^-?\d+$/.test(value)) return undefined;
  return { operator: operator === '>' ? 'gt' : 'lt', key, value: Number(value) };
}

function unparsable(part: string): Error {
  const operator = /^\S+\s+(\S+)\s*\(/.exec(part)?.[1];
  const why = operator
    ? `found '${operator}', expected: in, notin, =, ==, !=, gt, lt`
    : `${JSON.stringify(part)} is not a valid label selector`;
  return badRequest(`unable to parse requirement: ${why}`);
}
