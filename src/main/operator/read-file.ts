import { readFileSync } from 'node:fs';
import { parseDocument } from 'yaml';
import { FIELDS } from './fields.ts';
import { type Source, unknown } from './source.ts';

const FILE_FIELDS = FIELDS.filter(({ key }) => key !== 'config');

/** What a YAML file says. Its text stands in no problem: somebody may name the wrong file, one of secrets. */
export function readFile(path: string): Source {
  const values: Source['values'] = new Map();
  const problem = (why: string): Source => ({ values, problems: [`${path}: ${why}`] });
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
    return problem(`the file can't be read (${code})`);
  }
  const document = parseDocument(text);
  const [error] = document.errors;
  if (error) return problem(`is no YAML: ${error.code} in line ${error.linePos?.[0].line ?? '?'}`);
  const content: unknown = document.toJS() ?? {};
  if (typeof content !== 'object' || content === null || Array.isArray(content)) {
    return problem('takes a mapping of options, such as "logLevel: debug"');
  }
  const problems: string[] = [];
  for (const [key, value] of Object.entries(content)) {
    const field = FILE_FIELDS.find((known) => known.key === key);
    const origin = `${key.slice(0, 40)} in ${path}`;
    if (!field)
      problems.push(
        unknown(
          origin,
          key,
          FILE_FIELDS.map((known) => known.key),
        ),
      );
    // `metricsAddress: 0` is a number to YAML.
    else
      values.set(key, { value: field.type === 'string' && typeof value === 'number' ? String(value) : value, origin });
  }
  return { values, problems };
}
