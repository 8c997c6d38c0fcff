import type { RunResult } from './campaign.ts';
import { ORACLES, type Violation } from './oracles/oracle.ts';

/** What came of one flow. */
export interface FlowReport {
  flow: string;
  /** Learned. */
  writes: number;
  /** Seen in one clean run only. */
  unstable: string[];
  /** Held against the clean runs. */
  clean: Violation[];
  runs: RunResult[];
  /** Plans that there was no time for. */
  skipped: number;
  /** Why nothing could be learned. */
  error?: string;
}

interface CampaignReport {
  flows: FlowReport[];
  seconds: number;
}

export function isClean({ flows }: CampaignReport): boolean {
  return flows.every(({ clean, runs, error }) => !error && clean.length === 0 && runs.every(isPassed));
}

export function isPassed({ violations }: Pick<RunResult, 'violations'>): boolean {
  return violations.length === 0;
}

/** For people: one line for each flow, then what failed, each with the plan that repeats it. */
export function tableOf({ flows, seconds }: CampaignReport): string {
  const head = row(['flow', 'writes', 'runs', 'failed', 'not met', 'slowest']);
  const rows = flows.map(({ flow, writes, runs, clean, error }) => {
    const failed = runs.filter((run) => !isPassed(run)).length + (clean.length > 0 || error ? 1 : 0);
    const unmet = runs.filter(({ isReached }) => !isReached).length;
    const slowest = Math.max(0, ...runs.map(({ convergedMs = 0 }) => convergedMs));
    return row([flow, writes, runs.length, failed, unmet, `${(slowest / 1000).toFixed(1)} s`]);
  });
  const found = flows.flatMap(({ flow, clean, runs, error }) => [
    ...(error ? [`${flow}: ${error}`] : []),
    ...(clean.length > 0 ? [`${flow}, in a clean run`, ...clean.map(violationLine)] : []),
    ...runs
      .filter((run) => !isPassed(run))
      .flatMap(({ plan, violations }) => [`--only '${plan}'`, ...violations.map(violationLine)]),
  ]);
  const all = flows.flatMap(({ clean, runs }) => [...clean, ...runs.flatMap(({ violations }) => violations)]);
  const legend = [...new Set(all.map(({ oracle }) => oracle))].sort().map((oracle) => `${oracle}  ${ORACLES[oracle]}`);
  const unstable = flows.flatMap(({ flow, unstable }) => unstable.map((write) => `${flow}: ${write}`));
  const count = flows.reduce((sum, { runs }) => sum + runs.length, 0);
  const late = flows.reduce((sum, { skipped }) => sum + skipped, 0);
  const failures = flows.flatMap(({ runs }) => runs).filter((run) => !isPassed(run)).length;
  return `${[
    head,
    ...rows,
    '',
    ...found,
    ...(legend.length > 0 ? ['', 'what did not hold:', ...legend] : []),
    ...(unstable.length > 0 ? ['', 'in one clean run only, so not crashed at:', ...unstable] : []),
    '',
    `${count} runs with crashes in ${seconds.toFixed(0)} s, ${failures} failed${late > 0 ? `; no time for ${late}` : ''}`,
  ].join('\n')}\n`;
}

function violationLine({ oracle, what }: Violation): string {
  return `    ${oracle}  ${what}`;
}

const WIDTHS = [40, 7, 6, 7, 8, 9];

function row(cells: (string | number)[]): string {
  return cells
    .map((cell, index) =>
      index === 0 ? String(cell).padEnd(WIDTHS[0] ?? 0) : String(cell).padStart(WIDTHS[index] ?? 0),
    )
    .join('')
    .trimEnd();
}
