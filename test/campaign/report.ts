import type { RunResult } from './campaign.ts';
import { ORACLES, type Violation } from './oracles/oracle.ts';

/** What came of one flow. */
export interface FlowReport {
  flow: string;
  /** Learned: in any clean run. */
  writes: number;
  /** Those that not every clean run has. */
  unstable: string[];
  /** Held against the clean runs. */
  clean: Violation[];
  runs: RunResult[];
  /** Plans that there was no time for. */
  skipped: number;
  /** Why nothing could be learned, or crashed at. */
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

/** For people: one line for each flow, then what failed, each with the plan that repeats it; at last what was left out. */
export function tableOf(report: CampaignReport): string {
  const { flows } = report;
  const found = flows.flatMap(({ flow, clean, runs, error }) => [
    ...(error ? [`${flow}: ${error}`] : []),
    ...(clean.length > 0 ? [`${flow}, in a clean run`, ...clean.map(violationLine)] : []),
    ...runs
      .filter((run) => !isPassed(run))
      .flatMap(({ plan, violations }) => [`--only '${plan}'`, ...violations.map(violationLine)]),
  ]);
  const all = flows.flatMap(({ clean, runs }) => [...clean, ...runs.flatMap(({ violations }) => violations)]);
  const legend = [...new Set(all.map(({ oracle }) => oracle))].sort().map((oracle) => `${oracle}  ${ORACLES[oracle]}`);
  const unmet = runsOf(report).filter((run) => !run.isReached && !isPair(run));
  return `${[
    row(['flow', 'writes', 'runs', 'failed', 'not met', 'slowest']),
    ...flows.map(flowRow),
    '',
    ...found,
    ...(legend.length > 0 ? ['', 'what did not hold:', ...legend] : []),
    ...(unmet.length > 0 ? ['', 'not met:', ...unmet.map(({ plan, tries }) => `${plan}, tried ${tries} times`)] : []),
    '',
    summaryOf(report),
  ].join('\n')}\n`;
}

/** All that was done, and all that was not. */
function summaryOf(report: CampaignReport): string {
  const runs = runsOf(report);
  const [single, pairs] = [runs.filter((run) => !isPair(run)), runs.filter(isPair)];
  const unmet = (some: RunResult[]) => some.filter(({ isReached }) => !isReached).length;
  const unstable = report.flows.flatMap(({ flow, unstable: writes }) => writes.map((write) => `${flow}:${write}:`));
  const missed = unstable.filter((start) => !runs.some(({ plan, isReached }) => isReached && plan.startsWith(start)));
  const late = report.flows.reduce((sum, { skipped }) => sum + skipped, 0);
  const unlearned = report.flows.filter(({ error }) => error).length;
  return [
    `${runs.length} runs with crashes in ${report.seconds.toFixed(0)} s, ${runs.filter((run) => !isPassed(run)).length} failed`,
    `not met: ${unmet(single)} of ${single.length} points, and the second of ${unmet(pairs)} of ${pairs.length} pairs`,
    `writes that not every clean run has: ${unstable.length - missed.length} of ${unstable.length} crashed at`,
    ...(late > 0 ? [`no time for ${late}`] : []),
    ...(unlearned > 0 ? [`nothing done in ${unlearned} flows`] : []),
  ].join('; ');
}

function runsOf({ flows }: CampaignReport): RunResult[] {
  return flows.flatMap(({ runs }) => runs);
}

/** Of a crash, and another one of what takes over. */
function isPair({ plan }: RunResult): boolean {
  return plan.includes('+');
}

function flowRow({ flow, writes, runs, clean, error }: FlowReport): string {
  const failed = runs.filter((run) => !isPassed(run)).length + (clean.length > 0 || error ? 1 : 0);
  const unmet = runs.filter(({ isReached }) => !isReached).length;
  const slowest = Math.max(0, ...runs.map(({ convergedMs = 0 }) => convergedMs));
  return row([flow, writes, runs.length, failed, unmet, `${(slowest / 1000).toFixed(1)} s`]);
}

function violationLine({ oracle, what }: Violation): string {
  return `    ${oracle}  ${what}`;
}

const WIDTHS = [42, 7, 6, 7, 8, 9];

function row(cells: (string | number)[]): string {
  return cells
    .map((cell, index) =>
      index === 0 ? String(cell).padEnd(WIDTHS[0] ?? 0) : String(cell).padStart(WIDTHS[index] ?? 0),
    )
    .join('')
    .trimEnd();
}
