import type { Campaign, LearnedFlow, RunResult, Served } from './campaign.ts';
import type { Flow } from './flows/flow.ts';
import { type Plan, parsePlan, planText } from './plan/plan.ts';
import { type PlanOptions, plansOf } from './plan/plans.ts';
import type { Learned } from './plan/writes.ts';
import { type FlowReport, isPassed } from './report.ts';

/** How often a write that not every run has is waited for. */
const TRIES = 5;

interface ConductOptions extends PlanOptions {
  /** These only, as texts. Default: all. */
  only?: readonly string[];
  /** No run but the first of a flow begins later than so many milliseconds from now. Default: there is no hurry. */
  withinMs?: number;
  say: (line: string) => void;
}

/** Learns each flow and performs its plans; flows overlap, so that nobody waits for the last run of another. */
export async function conduct(
  campaign: Campaign,
  flows: readonly Flow[],
  options: ConductOptions,
): Promise<FlowReport[]> {
  const until = performance.now() + (options.withinMs ?? Number.POSITIVE_INFINITY);
  const isLate = () => performance.now() > until;
  return Promise.all(flows.map((flow) => conductFlow(campaign, flow, isLate, options)));
}

async function conductFlow(
  campaign: Campaign,
  flow: Flow,
  isLate: () => boolean,
  options: ConductOptions,
): Promise<FlowReport> {
  const { say } = options;
  try {
    const learned = await campaign.learn(flow).catch(() => campaign.learn(flow));
    const { writes, unstable, violations: clean } = learned;
    say(`${flow.name}: ${writes.length} writes, ${unstable.length} in some runs`);
    const plans = chosenPlans(flow, learned, options);
    if (plans.length === 0) throw new Error('there is nothing to crash at');
    const tries = options.moments === 'all' ? TRIES : 1;
    const runs = await performAll(campaign, learned, plans, { say, isLate, tries });
    const skipped = plans.length - runs.length;
    return { flow: flow.name, writes: writes.length + unstable.length, unstable, clean, runs, skipped };
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    say(`${flow.name}: ${why}`);
    return { flow: flow.name, writes: 0, unstable: [], clean: [], runs: [], skipped: 0, error: why };
  }
}

function isUnprepared({ violations }: RunResult): boolean {
  return violations.length > 0 && violations.every(({ oracle }) => oracle === 'setup');
}

/** What comes after a crash need not come up; the first crash should. */
function isToBeTried({ points }: Plan, result: RunResult): boolean {
  return points.length === 1 && !result.isReached && isPassed(result);
}

/** A run that could not be performed proves nothing. */
function failure(plan: Plan, error: unknown): RunResult {
  const what = error instanceof Error ? error.message : String(error);
  const violations = [{ oracle: 'setup' as const, what }];
  return { plan: planText(plan), violations, isReached: false, convergedMs: undefined, ms: 0, tries: 1 };
}

function chosenPlans(flow: Flow, learned: Learned, options: ConductOptions): Plan[] {
  const { only } = options;
  if (!only) return plansOf(flow, learned, options);
  return only.map(parsePlan).filter((plan) => plan.flow === flow.name);
}

interface PerformAllOptions {
  say: (line: string) => void;
  /** Whether no run but the first is to begin any more. */
  isLate?: () => boolean;
  /** What crashes. Default: those of the ground. */
  programs?: Served;
  /** How often at most a plan of one point is performed, until it is met. Default: once. */
  tries?: number;
}

/** @returns what came of the plans that were performed */
export async function performAll(
  campaign: Campaign,
  learned: LearnedFlow,
  plans: readonly Plan[],
  { say, isLate = () => false, programs, tries = 1 }: PerformAllOptions,
): Promise<RunResult[]> {
  const results = await Promise.all(
    plans.map(async (plan, index) => {
      // However slow the machine is, each flow has one run.
      const isTooLate = () => index > 0 && isLate();
      const perform = () =>
        campaign.run(learned, plan, { isLate: isTooLate, programs }).catch((error) => failure(plan, error));
      let result = await perform();
      // Nobody has been crashed yet: a busy machine may have been too slow.
      if (result && isUnprepared(result)) result = await perform();
      for (let done = 1; result && isToBeTried(plan, result) && done < tries; done += 1) {
        const next = await perform();
        if (!next) break;
        result = { ...next, tries: done + 1 };
      }
      if (!result) return [];
      const verdict = isPassed(result) ? 'ok' : `FAILED ${result.violations.map(({ oracle }) => oracle).join(' ')}`;
      say(`${result.plan}  ${verdict}${result.isReached ? '' : ' (not met)'}  ${(result.ms / 1000).toFixed(1)} s`);
      return [result];
    }),
  );
  return results.flat();
}
