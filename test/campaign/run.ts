/** `npm run campaign`: what it does and takes is in its help. The exit code is 1 when anything failed, 2 for wrong arguments. */
import { IN_MEMORY, PLANES } from '../support/planes.ts';
import { realTools } from '../support/real-tools.ts';
import { Campaign } from './campaign.ts';
import { conduct } from './conduct.ts';
import type { Flow } from './flows/flow.ts';
import { FLOWS, SHORT_FLOWS } from './flows/flows.ts';
import { layGround } from './ground/ground.ts';
import { keepRecord } from './keep.ts';
import { type CampaignFlags, HELP, readFlags } from './options.ts';
import { parsePlan } from './plan/plan.ts';
import { isClean, tableOf } from './report.ts';
import { BUGS, type SeededBug } from './seeded/bugs.ts';
import { bugTable, findBugs, isEnough } from './seeded/find-bugs.ts';

const say = (line: string): void => {
  process.stderr.write(`${line}\n`);
};

/** Runs that wait cost next to nothing. */
const WAITING = 40;

process.exitCode = await main(process.argv.slice(2));
process.exit();

async function main(args: string[]): Promise<number> {
  let flags: CampaignFlags | undefined;
  try {
    flags = readFlags(args);
  } catch (error) {
    say(error instanceof Error ? error.message : String(error));
    return 2;
  }
  if (!flags) {
    process.stdout.write(HELP);
    return 0;
  }
  const since = performance.now();
  const tools = flags.plane === 'real' ? await realTools(say) : undefined;
  Object.assign(process.env, tools?.environment);
  try {
    const stop = new AbortController();
    process.once('SIGINT', () => stop.abort(new Error('interrupted')));
    const [, real = IN_MEMORY] = PLANES;
    const chosen = chosenFlows(flags);
    const hasNeighbours = !flags.seeded && chosen.some(({ needsNeighbours }) => needsNeighbours);
    await using ground = await layGround(flags.plane === 'real' ? real : IN_MEMORY, say, { hasNeighbours });
    const { jobs, quietMs, withinMs, keep, only, short } = flags;
    const campaign = new Campaign({
      ground,
      jobs,
      quietMs,
      waiting: WAITING,
      ...(!short && { cleanRuns: 3 }),
      signal: stop.signal,
      ...(keep && { keep: (plan, scene, found) => keepRecord(keep, plan, scene, found) }),
    });
    if (flags.seeded) {
      const isWanted = ({ plans }: SeededBug) =>
        flags.flows.length === 0 || plans.some((plan) => flags.flows.includes(parsePlan(plan).flow));
      const reports = await findBugs(BUGS.filter(isWanted), { campaign, ground, say });
      process.stdout.write(flags.output === 'json' ? `${JSON.stringify(reports, undefined, 2)}\n` : bugTable(reports));
      return isEnough(reports) ? 0 : 1;
    }
    const flows = await conduct(campaign, chosen, {
      moments: short ? 'one' : 'all',
      pairs: !short,
      ...(withinMs !== undefined && { withinMs }),
      say,
      ...(only.length > 0 && { only }),
    });
    const report = { flows, seconds: (performance.now() - since) / 1000 };
    process.stdout.write(flags.output === 'json' ? `${JSON.stringify(report, undefined, 2)}\n` : tableOf(report));
    if (ground.truth.broken) say(ground.truth.broken);
    return isClean(report) && !ground.truth.broken ? 0 : 1;
  } finally {
    await tools?.close();
  }
}

function chosenFlows({ flows, only, short }: CampaignFlags): Flow[] {
  const names = only.length > 0 ? only.map((plan) => plan.split(':', 1)[0] ?? '') : flows;
  const isNamed = ({ name }: Flow) =>
    names.some((wanted) => wanted === name || (wanted.endsWith('*') && name.startsWith(wanted.slice(0, -1))));
  if (names.length > 0) return FLOWS.filter(isNamed);
  return short ? SHORT_FLOWS : FLOWS;
}
