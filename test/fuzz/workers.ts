import { fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Share, Tally } from './campaign.ts';
import type { Told } from './worker.ts';

export interface Progress {
  done: number;
  failed: number;
  /** Of the largest process. */
  residentBytes: number;
}

const WORKER = fileURLToPath(new URL('worker.ts', import.meta.url));
/** A young generation that stays small, in MB: otherwise most of what grows is room that V8 gives itself. */
const FLAGS = ['--expose-gc', '--max-semi-space-size=2'];

/** Has a campaign run by several processes, each of which does nothing else. */
export async function runInWorkers(
  { runs, seed, workers }: Omit<Share, 'worker'>,
  onProgress: (progress: Progress) => void,
): Promise<Tally> {
  const latest = new Map<number, Progress>();
  const tallies = Array.from({ length: workers }, (_, worker) =>
    runWorker({ runs, seed, worker, workers }, (progress) => {
      latest.set(worker, progress);
      onProgress([...latest.values()].reduce(sumOf));
    }),
  );
  return (await Promise.all(tallies)).reduce(joined);
}

function sumOf(one: Progress, other: Progress): Progress {
  const residentBytes = Math.max(one.residentBytes, other.residentBytes);
  return { done: one.done + other.done, failed: one.failed + other.failed, residentBytes };
}

function runWorker(share: Share, onProgress: (progress: Progress) => void): Promise<Tally> {
  const child = fork(WORKER, { execArgv: FLAGS });
  let done = 0;
  let tally: Tally | undefined;
  child.on('message', (told: Told) => {
    if ('tally' in told) tally = told.tally;
    else onProgress(told.progress);
    if ('progress' in told) done = told.progress.done;
  });
  child.send(share);
  return new Promise((resolve) => {
    child.once('close', (code, signal) => resolve(tally ?? died(done, code ?? signal)));
  });
}

function died(runs: number, how: number | string | null): Tally {
  return { runs, outcomes: {}, failures: [], unhandled: [`a process ended with ${how}`], growthBytes: 0, seconds: 0 };
}

function joined(one: Tally, other: Tally): Tally {
  const outcomes = structuredClone(one.outcomes);
  for (const [kind, counts] of Object.entries(other.outcomes)) {
    const all = { ...outcomes[kind] };
    for (const [outcome, count] of Object.entries(counts)) all[outcome] = (all[outcome] ?? 0) + count;
    outcomes[kind] = all;
  }
  return {
    runs: one.runs + other.runs,
    outcomes,
    failures: [...one.failures, ...other.failures],
    unhandled: [...one.unhandled, ...other.unhandled],
    growthBytes: Math.max(one.growthBytes, other.growthBytes),
    seconds: Math.max(one.seconds, other.seconds),
  };
}
