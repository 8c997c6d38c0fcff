import { FIELDS } from './fields.ts';
import { OperatorOptions } from './options.ts';
import { readFile } from './read-file.ts';
import { readFlags } from './read-flags.ts';
import { readVariables } from './read-variables.ts';
import type { Given } from './source.ts';

/** What the program is to do. */
export type Command =
  | { kind: 'help' }
  | { kind: 'version' }
  | { kind: 'run'; options: OperatorOptions }
  /** One line each, for people. */
  | { kind: 'refuse'; problems: string[] };

/** Flags win over the environment, that over the file, that over the defaults. Everything that is wrong is said at once. */
export function readCommand(args: string[], environment: NodeJS.ProcessEnv): Command {
  const flags = readFlags(args);
  if (flags.help) return { kind: 'help' };
  if (flags.version) return { kind: 'version' };
  const variables = readVariables(environment);
  const path = (flags.values.get('config') ?? variables.values.get('config'))?.value;
  const sources = [flags, variables, ...(typeof path === 'string' && path ? [readFile(path)] : [])];
  const given = new Map<string, Given>(sources.toReversed().flatMap(({ values }) => [...values]));
  const values = Object.fromEntries([...given].map(([key, { value }]) => [key, value]));
  const result = OperatorOptions.safeParse(values);
  const problems = sources.flatMap((source) => source.problems);
  if (result.success && problems.length === 0) return { kind: 'run', options: result.data };
  return { kind: 'refuse', problems: [...problems, ...wrongFields(result.error?.issues ?? [], given)] };
}

function wrongFields(issues: { path: PropertyKey[] }[], given: Map<string, Given>): string[] {
  return FIELDS.flatMap((field) => {
    const issue = issues.find(({ path }) => path[0] === field.key);
    const { value, origin } = given.get(field.key) ?? {};
    if (!issue) return [];
    if (!origin) {
      return `${field.flag}: is missing; takes ${field.takes} (or ${field.variable}, or ${field.key} in the file)`;
    }
    const part = issue.path.length > 1 && Array.isArray(value) ? value[Number(issue.path[1])] : value;
    return `${origin}: got ${shown(part)}; takes ${field.takes}`;
  });
}

const SHOWN_LENGTH = 60;

function shown(value: unknown): string {
  const text = JSON.stringify(value) ?? String(value);
  return text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}…` : text;
}
