import { setTimeout as sleep } from 'node:timers/promises';
import type { Flow } from '../flows/flow.ts';
import { createServer, deleteServer, isSettled } from '../flows/server.ts';
import { isGone, isNobodys } from '../flows/server-flows.ts';
import { readMetrics } from '../ground/metrics.ts';
import type { Scene } from '../ground/scene.ts';
import { committed } from '../ground/written.ts';
import { countDifferences, countsOf } from '../oracles/counts.ts';
import { type Violation, violations } from '../oracles/oracle.ts';
import { Armed } from '../plan/armed.ts';
import type { Plan } from '../plan/plan.ts';
import { isLaterRenewal } from '../plan/writes.ts';
import { differences } from '../state/difference.ts';
import { type Snapshot, snapshotOf } from '../state/snapshot.ts';
import { calm, happens } from './calm.ts';
import { judge } from './judge.ts';
import type { CleanRun, Reference } from './reference.ts';
import { hasLooked, restartWrites } from './restart.ts';
import type { Turns } from './turns.ts';

interface PerformOptions {
  turns: Turns;
  /** How long nothing may be written at the end, in milliseconds. */
  quietMs: number;
}

interface Performance {
  violations: Violation[];
  /** From the last crash until all was as in a clean run, in milliseconds. */
  convergedMs: number | undefined;
  /** Whether every point of the plan was come to. */
  isReached: boolean;
}

/** A clean run is over when nothing has changed for so long. */
const STILL_MS = 1_200;
const SETTLE_MS = 60_000;
/** After a crash everything is as it should be within this, and what the flow needs besides. */
const CONVERGE_MS = 30_000;
/** One change may bring another after so long. */
const AFTERMATH_MS = 300;
/** After a crash there is work for so long at most. */
const WORK_MS = 8_000;
/** A run in which the point did not come up is one without a crash. */
const UNTOUCHED_QUIET_MS = 1_000;
/** Of Events, in a quiet time. */
const HANDFUL = 5;
/** Everything of a server is collected within this. */
const GONE_MS = 30_000;

/** A run without a crash, as a reference for others. @throws Error when it does not come to an end */
export async function performClean(scene: Scene, flow: Flow): Promise<CleanRun & { violations: Violation[] }> {
  const mustBeCalm = (look: () => boolean, otherwise: string) => becomesCalm(scene, look, otherwise);
  const isOver = () => (flow.isOver ?? isSettled)(scene);
  if (flow.spec) {
    await createServer(scene, flow.spec);
    await mustBeCalm(() => isSettled(scene), `${flow.name}: the server does not get ready`);
    await flow.prepare?.(scene);
    await mustBeCalm(() => isSettled(scene), `${flow.name}: the preparation does not end`);
  }
  const base = snapshot(scene);
  scene.written.countAnew();
  const since = Date.now();
  await flow.act(scene);
  if (flow.hasSucceeded?.(scene) === false) throw new Error(`${flow.name}: a clean run does not succeed`);
  await mustBeCalm(isOver, `${flow.name}: a clean run does not end`);
  const writes = learned(scene);
  const ms = Date.now() - since - STILL_MS;
  await flow.verify?.(scene);
  if (flow.verify) await mustBeCalm(isOver, `${flow.name}: what is verified does not end`);
  const silent = violations('O6', await unread(scene));
  const counts = countsOf(scene.history.versions, scene.ambient, flow.uncounted);
  return { base, end: snapshot(scene), counts, writes, ms, violations: [...silent, ...judge(scene, flow)] };
}

/** A run in which somebody crashes; none with an empty plan. */
export async function performPlan(
  scene: Scene,
  flow: Flow,
  plan: Plan,
  reference: Reference,
  { turns, quietMs }: PerformOptions,
): Promise<Performance> {
  const failed = (violation: Violation): Performance => ({
    violations: [violation],
    convergedMs: undefined,
    isReached: true,
  });
  const isBase = () => differences(reference.base, snapshot(scene), reference.baseMask);
  if (flow.spec) {
    await createServer(scene, flow.spec);
    if (flow.prepare) {
      await happens(scene, () => isSettled(scene), SETTLE_MS);
      await flow.prepare(scene);
    }
  }
  if (!(await calm(scene, () => isBase().length === 0, { stillMs: () => 100, withinMs: SETTLE_MS }))) {
    return failed({ oracle: 'setup', what: `the run does not begin as a clean one: ${isBase().join('; ')}` });
  }

  const armed = new Armed(plan.points);
  scene.idly = (wait) => turns.without(wait);
  scene.written.countAnew();
  scene.armed = armed;
  await flow.act(scene);
  const isOver = () => armed.isOver || (flow.isOver ?? isSettled)(scene);
  const limitMs = (CONVERGE_MS + (flow.slackMs ?? 0)) * reference.slowness;
  await calm(scene, isOver, { stillMs: () => (armed.isOver ? 0 : STILL_MS), withinMs: limitMs });
  const isReached = armed.isOver;
  scene.armed = undefined;
  const crashedAt = Date.now();
  await flow.verify?.(scene);

  const found: Violation[] = [];
  if (plan.points.length === 0 && flow.hasSucceeded?.(scene) === false) {
    found.push({ oracle: 'setup', what: 'it did not succeed though nobody was crashed' });
  }
  const isEnd = () => differences(reference.end, snapshot(scene), reference.endMask);
  // What nobody has noticed yet is not over.
  const hasEnded = () => scene.pods.areBack && hasLooked(scene) && isEnd().length === 0;
  const ends = (withinMs: number) => calm(scene, hasEnded, { stillMs: () => AFTERMATH_MS, withinMs });
  // What takes longer waits for a deadline, which is no work.
  const converged = (await ends(WORK_MS)) || (await turns.without(() => ends(limitMs - WORK_MS)));
  const convergedMs = converged ? Date.now() - crashedAt : undefined;
  found.push(...violations('O6', await unread(scene)));
  if (!converged) {
    found.push(...violations('O1', isEnd()), { oracle: 'O9', what: `not over after ${Math.round(limitMs / 1000)} s` });
  } else {
    // Where nobody was crashed there is nothing to wait for.
    if (armed.isUntouched) quietMs = Math.min(quietMs, UNTOUCHED_QUIET_MS);
    found.push(...(await idle(scene, { turns, quietMs })));
    if (isEnd().length > 0)
      found.push(
        ...violations(
          'O1',
          isEnd().map((line) => `later: ${line}`),
        ),
      );
  }
  const counts = countsOf(scene.history.versions, scene.ambient, flow.uncounted);
  found.push(...violations('O2', countDifferences(reference.counts, counts)));
  if (scene.server) {
    await deleteServer(scene);
    if (!(await happens(scene, () => isGone(scene), GONE_MS))) found.push(...violations('O5', leftovers(scene)));
  }
  return { violations: [...found, ...judge(scene, flow)], convergedMs, isReached };
}

/** O4: nothing is written now, nor by an operator that begins anew; Events may be told of late. */
async function idle(scene: Scene, { turns, quietMs }: PerformOptions): Promise<Violation[]> {
  scene.written.countAnew();
  await turns.without(() => sleep(quietMs, undefined, { signal: scene.signal }));
  const quiet = committed(scene.written.writes).map((write) => `in a quiet time: ${write}`);
  const events = scene.written.events.length;
  if (events > HANDFUL) quiet.push(`in a quiet time: ${events} Events`);
  const restarted = (await restartWrites(scene)).map((write) => `after a restart: ${write}`);
  return violations('O4', [...quiet, ...restarted]);
}

/** What a flow wrote, in its order. */
function learned({ written: { writes, leases } }: Scene): string[] {
  const all = [...writes, ...leases].toSorted((a, b) => a.at - b.at);
  return committed(all).filter((write) => !isLaterRenewal(write));
}

/** O6 looks at the metrics too, so they must be had. */
async function unread(scene: Scene): Promise<string[]> {
  const silent = await readMetrics(scene, scene.metrics);
  return silent.map((who) => `the metrics of ${who} could not be read`);
}

async function becomesCalm(scene: Scene, look: () => boolean, otherwise: string): Promise<void> {
  if (await calm(scene, look, { stillMs: () => STILL_MS, withinMs: SETTLE_MS })) return;
  throw new Error(`${otherwise}: ${JSON.stringify(scene.server?.status)}`);
}

function snapshot({ history, namespace, serverImage: image, ambient }: Scene): Snapshot {
  return snapshotOf(history.objects.values(), { namespace, image }, ambient);
}

function leftovers(scene: Scene): string[] {
  const left = [...scene.history.objects.values()].filter((stored) => !isNobodys(scene, stored));
  return left.map(({ kind, object }) => `${kind} ${object.metadata.name} is left of the server`);
}
