/** What a source logs. A log is called `log`, whatever holds it: that is how the calls are found. */
import { callArguments } from './call-arguments.ts';

const LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace'] as const;
export type Level = (typeof LEVELS)[number];

export interface LogCall {
  level: Level;
  message: string;
  /** The fields that stand in the call itself. */
  fields: string[];
  /** Whether there are more, which it is given: `...fields`, or `fields` in place of an object. */
  hasMore: boolean;
}

const CALL = new RegExp(String.raw`\b[lL]og(?:ger)?\??\.(?<level>${LEVELS.join('|')})\b(?<call>\s*\()?`, 'g');
const CONSTANT = /^(?<quote>['"])(?<text>(?:(?!\k<quote>).)*)\k<quote>$/;

/** @throws Error naming the line of a call whose message is not constant, or that is none: what it logs can't be told then */
export function logCalls(source: string): LogCall[] {
  return [...source.matchAll(CALL)].map((match) => {
    const { level, call } = match.groups ?? {};
    const fail = (why: string) => new Error(`line ${source.slice(0, match.index).split('\n').length}: ${why}`);
    if (!call) throw fail(`log.${level} is not called but passed on: call it, with a constant message`);
    const [fields = '', message = '', ...more] = callArguments(source, match.index + match[0].length);
    const { text } = CONSTANT.exec(message)?.groups ?? {};
    if (!text || more.length > 0) throw fail(`log.${level} takes fields and one constant message, not ${message}`);
    return { level: level as Level, message: text, ...fieldsOf(fields) };
  });
}

/** `{ a, b: 1, ...c }` has `a` and `b`, and more. */
function fieldsOf(text: string): Pick<LogCall, 'fields' | 'hasMore'> {
  if (!text.startsWith('{')) return { fields: [], hasMore: true };
  const parts = callArguments(text, 1);
  const isSpread = (part: string) => part.startsWith('...');
  const fields = parts.filter((part) => !isSpread(part)).map((part) => /^\w+/.exec(part)?.[0] ?? part);
  return { fields, hasMore: parts.some(isSpread) };
}
