import { parse, stringify } from 'yaml';
import type { DocumentedValue } from './documented-values.ts';

const BEGIN = '<!-- values: written by `npm run generate` from values.yaml -->\n';
const END = '<!-- end of values -->\n';

/**
 * A README with the table of values between its two marks.
 * @throws Error when it does not have the marks, or when a value has no comment
 */
export function withTable(readme: string, values: readonly DocumentedValue[]): string {
  const [before, rest, ...others] = readme.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined || others.length > 0) {
    throw new Error(`README.md must have once the lines ${BEGIN.trim()} and ${END.trim()}`);
  }
  return `${before}${BEGIN}${valuesTable(values)}${END}${after}`;
}

function valuesTable(values: readonly DocumentedValue[]): string {
  const rows = values.map(({ path, fallback, comment }) => {
    if (!comment) throw new Error(`values.yaml: ${path} has no comment`);
    const shown = stringify(parse(fallback), { collectionStyle: 'flow', lineWidth: 0 }).trim();
    return `| \`${path}\` | \`${shown}\` | ${comment.replaceAll('|', '\\|')} |\n`;
  });
  return `| value | default | |\n| --- | --- | --- |\n${rows.join('')}`;
}
