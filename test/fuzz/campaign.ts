import { setImmediate } from 'node:timers/promises';
import type { Ground } from './ground.ts';
import { httpRequests } from './kinds/http.ts';
import { noise, proxied, tlsHello } from './kinds/openings.ts';
import { mutatedFrame, noiseFrame } from './kinds/parsers.ts';
import { anyRequest, mutatedSession, noiseAfterKeys, wholeWay } from './kinds/sessions.ts';
import { collectGarbage, residentBytes } from './memory.ts';
import { Random } from './random.ts';

interface Kind {
  name: string;
  /** Of five hundred runs of its half. */
  share: number;
  /** @returns what became of it, in a word. @throws `Finding`, or whatever the server's code throws */
  run: (random: Random, ground: Ground) => Promise<string>;
}

const NOISE: readonly Kind[] = [
  { name: 'noise from the first byte', share: 200, run: noise },
  { name: 'noise after the keys', share: 100, run: noiseAfterKeys },
  { name: 'noise for a frame', share: 200, run: noiseFrame },
];

/** Valid things with something wrong. */
const MUTATED: readonly Kind[] = [
  { name: 'mutated frame', share: 170, run: mutatedFrame },
  { name: 'mutated session', share: 150, run: mutatedSession },
  { name: 'mutated request', share: 125, run: anyRequest },
  { name: 'mutated request, real key', share: 2, run: wholeWay },
  { name: 'mutated PROXY header', share: 46, run: proxied },
  { name: 'mutated TLS hello', share: 3, run: tlsHello },
  { name: 'mutated HTTP over TCP', share: 4, run: httpRequests },
];

const KINDS = [...NOISE, ...MUTATED];

interface Failure {
  /** The number of the run, to repeat it alone. */
  index: number;
  kind: string;
  error: string;
}

export interface Tally {
  runs: number;
  /** By kind, then by what became of it. */
  outcomes: Record<string, Record<string, number>>;
  failures: Failure[];
  /** Also why a process ended that should not have. */
  unhandled: string[];
  /** From the end of the warm-up to the end, in bytes, after a collection of garbage at both. */
  growthBytes: number;
  seconds: number;
}

export interface Share {
  /** Of the whole campaign. */
  runs: number;
  seed: number;
  /** Runs whose numbers leave this remainder when divided by `workers`. */
  worker: number;
  workers: number;
}

export interface CampaignOptions extends Share {
  ground: Ground;
  /** Called now and then with how many runs are over, and how many failed. */
  onProgress?: (done: number, failed: number) => void;
}

const MOST_FAILURES = 20;
const LONGEST_WARM_UP = 20_000;
const RUNS_BETWEEN_TURNS = 128;
const RUNS_BETWEEN_COLLECTIONS = 2_000;

/** Of the runs of any number of workers exactly half are noise. */
function kindOf(random: Random, index: number): Kind {
  const half = (index ^ (index >> 1)) % 2 === 0 ? NOISE : MUTATED;
  let at = random.below(half.reduce((sum, { share }) => sum + share, 0));
  for (const kind of half) {
    at -= kind.share;
    if (at < 0) return kind;
  }
  throw new RangeError('the shares do not add up');
}

/** One run, which is the same for the same seed and number. */
export async function runOnce(seed: number, index: number, ground: Ground): Promise<{ kind: string; outcome: string }> {
  const random = new Random(seed, index);
  const kind = kindOf(random, index);
  return { kind: kind.name, outcome: await kind.run(random, ground) };
}

/** One worker's share of a campaign. */
export async function campaign(options: CampaignOptions): Promise<Tally> {
  const { runs, seed, worker, workers, ground, onProgress } = options;
  const outcomes: Tally['outcomes'] = Object.fromEntries(KINDS.map(({ name }) => [name, {}]));
  const failures: Failure[] = [];
  const unhandled: string[] = [];
  const told = (error: unknown) => void unhandled.push(stackOf(error));
  process.on('unhandledRejection', told).on('uncaughtException', told);
  const started = performance.now();
  const share = Math.ceil((runs - worker) / workers);
  const warmUp = Math.min(Math.ceil(share * 0.75), LONGEST_WARM_UP);
  let before = residentBytes();
  let done = 0;
  try {
    for (; done < share && failures.length + unhandled.length < MOST_FAILURES; done += 1) {
      // Now and then, so that what grows is what is held, not what V8 puts off.
      if (done % RUNS_BETWEEN_COLLECTIONS === 0) collectGarbage();
      if (done === warmUp) before = residentBytes();
      if (done % RUNS_BETWEEN_TURNS === 0) {
        await setImmediate();
        onProgress?.(done, failures.length + unhandled.length);
      }
      const index = done * workers + worker;
      try {
        const { kind, outcome } = await runOnce(seed, index, ground);
        const counts = outcomes[kind] ?? {};
        counts[outcome] = (counts[outcome] ?? 0) + 1;
      } catch (error) {
        failures.push({ index, kind: kindOf(new Random(seed, index), index).name, error: stackOf(error) });
      }
    }
    await setImmediate();
  } finally {
    process.off('unhandledRejection', told).off('uncaughtException', told);
  }
  const growthBytes = residentBytes() - before;
  return { runs: done, outcomes, failures, unhandled, growthBytes, seconds: (performance.now() - started) / 1000 };
}

function stackOf(error: unknown): string {
  return error instanceof Error ? (error.stack ?? error.message) : String(error);
}
