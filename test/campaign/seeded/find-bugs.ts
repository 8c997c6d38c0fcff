import { join } from 'node:path';
import type { Campaign, LearnedFlow, Served } from '../campaign.ts';
import { performAll } from '../conduct.ts';
import { FLOWS } from '../flows/flows.ts';
import type { Ground } from '../ground/ground.ts';
import { bundlePrograms, copySources } from '../ground/programs.ts';
import { type Plan, parsePlan } from '../plan/plan.ts';
import { isPassed } from '../report.ts';
import type { SeededBug } from './bugs.ts';
import { plant } from './plant.ts';

interface BugReport {
  bug: string;
  /** What was held against it, by the oracle; empty: it was not found. */
  foundBy: string[];
  /** Why that would prove nothing: the plans fail without the bug, or it could not be planted. */
  void?: string;
}

interface FindOptions {
  campaign: Campaign;
  ground: Ground;
  say: (line: string) => void;
}

/** Performs the plans of each bug without it, which must pass, and with it. */
export async function findBugs(bugs: readonly SeededBug[], options: FindOptions): Promise<BugReport[]> {
  const learned = new Map<string, Promise<LearnedFlow>>();
  const learn = (name: string): Promise<LearnedFlow> => {
    const flow = FLOWS.find((one) => one.name === name);
    if (!flow) return Promise.reject(new Error(`there is no flow ${name}`));
    const known = learned.get(name) ?? options.campaign.learn(flow).catch(() => options.campaign.learn(flow));
    learned.set(name, known);
    return known;
  };
  return Promise.all(
    bugs.map(async (bug, index) => {
      try {
        return await findBug(bug, await planted(bug, index, options.ground), learn, options);
      } catch (error) {
        return { bug: bug.name, foundBy: [], void: error instanceof Error ? error.message : String(error) };
      }
    }),
  );
}

async function findBug(
  bug: SeededBug,
  programs: Served,
  learn: (flow: string) => Promise<LearnedFlow>,
  { campaign, say }: FindOptions,
): Promise<BugReport> {
  const plans = bug.plans.map(parsePlan);
  const perform = async (plan: Plan, which?: Served) => {
    const tell = (line: string) => say(`${which ? bug.name : 'without'}: ${line}`);
    return performAll(campaign, await learn(plan.flow), [plan], { say: tell, ...(which && { programs: which }) });
  };
  const clean = (await Promise.all(plans.map((plan) => perform(plan)))).flat();
  const failed = clean.find((result) => !isPassed(result));
  if (failed) return { bug: bug.name, foundBy: [], void: `fails without it: ${JSON.stringify(failed.violations)}` };
  const results = (await Promise.all(plans.map((plan) => perform(plan, programs)))).flat();
  const held = results.flatMap(({ violations }) => violations).filter(({ oracle }) => oracle !== 'setup');
  return { bug: bug.name, foundBy: held.map(told) };
}

function told({ oracle, what }: { oracle: string; what: string }): string {
  return `${oracle}: ${what}`;
}

async function planted(bug: SeededBug, index: number, ground: Ground): Promise<Served> {
  const root = await copySources(join(ground.folder, `seeded-${index}`));
  await plant(bug, root);
  const { entrypoint, image } = await bundlePrograms(join(root, 'dist'), root);
  const serverImage = `anweddol-operator:seeded-${index}`;
  ground.images.set(serverImage, image);
  return { entrypoint, serverImage };
}

/** Of all. */
const ENOUGH = 0.9;

export function isEnough(reports: readonly BugReport[]): boolean {
  return reports.filter(isFound).length >= reports.length * ENOUGH;
}

function isFound(report: BugReport): boolean {
  return !report.void && report.foundBy.length > 0;
}

/** For people: each bug, and what found it. */
export function bugTable(reports: readonly BugReport[]): string {
  const lines = reports.flatMap((report) => [
    `${isFound(report) ? 'found ' : 'MISSED'}  ${report.bug}`,
    ...[...(report.void ? [`proves nothing: ${report.void}`] : []), ...report.foundBy.slice(0, 3)].map(
      (line) => `          ${line.slice(0, 300)}`,
    ),
  ]);
  return `${[...lines, '', `${reports.filter(isFound).length} of ${reports.length} bugs were found`].join('\n')}\n`;
}
