/**
 * `node test/bench/timing.ts [samples]`: whether the time that a server takes tells what a key block held (R14). Samples of
 * three kinds of blocks in turns, in a random order; for each pair of kinds the probability that there is no difference
 * between them, by a rank test. A probability is small by chance now and then: run it again before believing it. The gate
 * for a release takes 100,000 samples, which is a matter of an hour.
 */
import { newPrivateKey, startServer } from './server/bench-server.ts';
import { bundleServer } from './server/bundle-server.ts';
import type { BlockKind } from './server/key-blocks.ts';
import { LeanKeys } from './server/lean-client.ts';
import { median } from './server/median.ts';
import { type Probe, probe } from './server/probe.ts';
import { rankTest } from './server/rank-test.ts';

const DEFAULT_SAMPLES = 1_000;
const WARM_UP = 200;
/** Below it the figure is called out. */
const SUSPICIOUS = 0.01;
const KINDS: BlockKind[] = ['valid', 'badPadding', 'badFirstByte'];
const TIMES: Record<keyof Probe, string> = {
  toAnswer: 'from the block to the next bytes',
  toClose: 'from a bad message to the close',
};

/** In an order of which each is as probable. */
function shuffled<T>(values: readonly T[]): T[] {
  return values
    .map((value) => ({ value, rank: Math.random() }))
    .toSorted((a, b) => a.rank - b.rank)
    .map(({ value }) => value);
}

const samples = Number(process.argv[2] ?? DEFAULT_SAMPLES);
const privateKey = await newPrivateKey(4096);
await using server = await startServer(await bundleServer(), { privateKey });
const keys = new LeanKeys(2048);

for (let turn = 0; turn < WARM_UP; turn += 1) await probe(server.target, keys, KINDS[turn % KINDS.length] ?? 'valid');
const found: Record<BlockKind, Probe[]> = { valid: [], badPadding: [], badFirstByte: [] };
for (let sample = 0; sample < samples; sample += 1) {
  for (const kind of shuffled(KINDS)) {
    found[kind].push(await probe(server.target, keys, kind));
  }
}

for (const time of Object.keys(TIMES) as (keyof Probe)[]) {
  const of = (kind: BlockKind) => found[kind].map((one) => one[time]);
  const medians = KINDS.map((kind) => `${kind} ${median(of(kind)).toFixed(0)} µs`);
  process.stdout.write(`${TIMES[time]}, medians of ${samples}: ${medians.join(', ')}\n`);
  for (const [index, kind] of KINDS.entries()) {
    for (const other of KINDS.slice(index + 1)) {
      const p = rankTest(of(kind), of(other));
      const verdict = p < SUSPICIOUS ? '  SUSPICIOUS' : '';
      process.stdout.write(`  ${`${kind} and ${other}`.padEnd(30)} p = ${p.toFixed(4)}${verdict}\n`);
      if (verdict) process.exitCode = 1;
    }
  }
}
