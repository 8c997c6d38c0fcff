/** Findings as text, and as JSON. Everything in them may come from somebody else. */
import { shown, shownJson } from '../text/shown.ts';
import { wrap } from '../text/wrap.ts';
import { type Finding, type Result, tally } from './finding.ts';

export interface Examination {
  /** Of this program. */
  version: string;
  /** URL of the API server. */
  cluster: string;
  /** RFC 3339. */
  at: string;
  findings: Finding[];
}

/** Under the result there is room for its longest word. */
const INDENT = ' '.repeat(9);

/** @param width in characters */
export function findingsText({ findings }: Examination, width: number): string {
  return `${[...findings.flatMap((finding) => lines(finding, width)), '', summary(findings)].join('\n')}\n`;
}

function lines({ result, check, about, found, remedy }: Finding, width: number): string[] {
  const head = [check, ...(about ? [shown(about, 130)] : [])].join(' ');
  return [
    ...wrap(`${head}: ${shown(found)}`, width, { first: result.padEnd(INDENT.length), others: INDENT }),
    ...(remedy ? wrap(`do: ${shown(remedy)}`, width, { first: INDENT, others: INDENT }) : []),
  ];
}

const WORDS: Record<Result, string> = { ok: 'ok', warning: 'warnings', failed: 'failed', unknown: 'unknown' };

function summary(findings: readonly Finding[]): string {
  return Object.entries(tally(findings))
    .map(([result, count]) => `${count} ${count === 1 && result === 'warning' ? 'warning' : WORDS[result as Result]}`)
    .join(', ');
}

export function findingsJson(examination: Examination): string {
  return `${shownJson({ ...examination, summary: tally(examination.findings) }, 2)}\n`;
}
