/**
 * `node test/bench/queue.ts`: how many keys a second the work queue takes and gives out, with and without metrics, and what
 * one delayed addition costs beside how many are delayed already. Prints each number with its limit; exit code 1 past one.
 */
import type { QueueMetrics } from '../../src/runtime/metrics.ts';
import { systemClock as clock } from '../../src/runtime/system-clock.ts';
import { WorkQueue } from '../../src/runtime/work-queue.ts';

const ADDS = 2_000_000;
const DELAYED = [1_000, 10_000, 100_000, 1_000_000];
/** Operations per measurement, so that the small sizes are no matter of chance. */
const DELAYED_OPERATIONS = 1_000_000;
const ROUNDS = 3;

const LIMITS = {
  addsPerSecond: 1_000_000,
  /** The logarithm doubles from 1,000 to 1,000,000, and memory gets slower; the number itself grows a thousandfold. */
  delayedGrowth: 20,
};

const nothing = (): void => undefined;
const metrics: QueueMetrics = {
  depth: nothing,
  added: nothing,
  retried: nothing,
  waited: nothing,
  worked: nothing,
  observe: nothing,
};

/** The shortest of a few rounds, in seconds: what else runs on the machine only makes it longer. */
async function best(run: () => Promise<number>): Promise<number> {
  const seconds: number[] = [];
  for (let round = 0; round < ROUNDS; round += 1) seconds.push(await run());
  return Math.min(...seconds);
}

function keysOf(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `namespace-${index % 100}/name-${index}`);
}

/** Additions a second, of so many different keys. */
async function addRate(options: { different: number; metrics?: QueueMetrics }): Promise<number> {
  const keys = keysOf(options.different);
  const seconds = await best(async () => {
    const queue = new WorkQueue({ clock, metrics: options.metrics });
    const started = performance.now();
    for (let index = 0; index < ADDS; index += 1) queue.add(keys[index % keys.length] ?? '');
    const took = (performance.now() - started) / 1000;
    queue.shutDown();
    return took;
  });
  return ADDS / seconds;
}

/** Keys a second that are added, taken and done, one after the other. */
async function throughput(): Promise<number> {
  const keys = keysOf(1_000);
  const seconds = await best(async () => {
    const queue = new WorkQueue({ clock });
    const started = performance.now();
    for (let index = 0; index < ADDS / 10; index += 1) {
      queue.add(keys[index % keys.length] ?? '');
      queue.done((await queue.get()) ?? '');
    }
    queue.shutDown();
    return (performance.now() - started) / 1000;
  });
  return ADDS / 10 / seconds;
}

/** Nanoseconds for a delayed addition when `size` keys are delayed: each round fills an empty queue up to twice the size. */
async function delayedCost(size: number): Promise<number> {
  const keys = keysOf(2 * size);
  const repeats = Math.ceil(DELAYED_OPERATIONS / size);
  const seconds = await best(async () => {
    let took = 0;
    for (let repeat = 0; repeat < repeats; repeat += 1) {
      const queue = new WorkQueue({ clock });
      const delay = delays();
      for (let index = 0; index < size; index += 1) queue.addAfter(keys[index] ?? '', delay());
      const started = performance.now();
      for (let index = size; index < 2 * size; index += 1) queue.addAfter(keys[index] ?? '', delay());
      // Each key again, so that an entry moves within the heap.
      for (let index = 0; index < size; index += 1) queue.addAfter(keys[index] ?? '', delay() / 2);
      took += (performance.now() - started) / 1000;
      queue.shutDown();
    }
    return took;
  });
  return (seconds * 1e9) / (repeats * size * 2);
}

/** Reproducible, in any order, all far off. */
function delays(): () => number {
  let state = 1;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return 3_600_000 + (state % 36_000_000);
  };
}

const results: { name: string; value: number; atLeast?: number; atMost?: number }[] = [];
results.push({
  name: 'adds/s, 1,000 keys over and over',
  value: await addRate({ different: 1_000 }),
  atLeast: LIMITS.addsPerSecond,
});
results.push({
  name: 'adds/s, each of another key',
  value: await addRate({ different: ADDS }),
  atLeast: LIMITS.addsPerSecond,
});
results.push({
  name: 'adds/s, 1,000 keys, with metrics',
  value: await addRate({ different: 1_000, metrics }),
  atLeast: LIMITS.addsPerSecond,
});
results.push({ name: 'add, get and done/s', value: await throughput() });
const costs: number[] = [];
for (const size of DELAYED) {
  costs.push(await delayedCost(size));
  results.push({ name: `ns per addAfter, ${size.toLocaleString('en')} delayed`, value: costs.at(-1) ?? Number.NaN });
}
results.push({
  name: 'addAfter, 1,000,000 delayed to 1,000',
  value: (costs.at(-1) ?? Number.NaN) / (costs[0] ?? Number.NaN),
  atMost: LIMITS.delayedGrowth,
});

for (const { name, value, atLeast, atMost } of results) {
  const isGood = !(value < (atLeast ?? Number.NEGATIVE_INFINITY)) && !(value > (atMost ?? Number.POSITIVE_INFINITY));
  const limit = atLeast ? `≥ ${atLeast.toLocaleString('en')}` : atMost ? `≤ ${atMost.toLocaleString('en')}` : '';
  const shown = value.toLocaleString('en', { maximumFractionDigits: value < 100 ? 1 : 0 });
  process.stdout.write(`${name.padEnd(42)}${shown.padStart(14)}  ${limit}${isGood ? '' : '  PAST THE LIMIT'}\n`);
  if (!isGood) process.exitCode = 1;
}
