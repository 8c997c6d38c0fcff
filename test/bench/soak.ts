/**
 * `npm run bench -- soak`, by hand: R12. Good clients and all kinds of bad ones in turns, a few a second for an hour (`--minutes
 * 60`), and the server's memory and open files meanwhile. What a connection leaves behind shows here, and in no short run. Nothing
 * in it is a delay: it can run beside other things.
 */
import { randomBytes, randomInt } from 'node:crypto';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { LEAN, newPrivateKey, startServer } from './server/bench-server.ts';
import { bundleServer } from './server/bundle-server.ts';
import { dial, LeanKeys, leanStat, type Target } from './server/lean-client.ts';
import type { Usage } from './server/server-program.ts';
import { slopeOf } from './server/slope.ts';
import { Table } from './server/table.ts';

const TURN_MS = 40;
const SAMPLE_MS = 10_000;
const WARM_UP = 0.15;
const MIB = 2 ** 20;
const GOOD_ADDRESS = '127.2.0.1';

const { values } = parseArgs({
  options: { minutes: { type: 'string', default: '60' }, output: { type: 'string', short: 'o' } },
});
const table = new Table(process.argv.slice(2));
const keys = new LeanKeys(2048);
const privateKey = await newPrivateKey(4096);
await using server = await startServer(
  await bundleServer(),
  { privateKey, server: { clientAddresses: 'known', stepTimeout: 5 } },
  LEAN,
);

/** A source that has done no harm yet, mostly. */
const somewhere = () => `127.${randomInt(16, 116)}.${randomInt(250)}.${randomInt(1, 250)}`;

/** Says this and waits for the server to end it. */
async function saying(bytes: Buffer, target: Target): Promise<void> {
  const socket = dial(target).on('error', () => undefined);
  socket.once('connect', () => socket.write(bytes)).resume();
  await once(socket, 'close');
}

const forged = () => Buffer.concat([keys.header, keys.pem, Buffer.from('11'), Buffer.alloc(1), randomBytes(511)]);
const opening = Buffer.concat([keys.header, keys.pem]);
const bad: ((target: Target) => Promise<void>)[] = [
  (target) => saying(randomBytes(64), target),
  (target) => saying(Buffer.from('9999999='), target),
  (target) => saying(Buffer.concat([forged(), randomBytes(64)]), target),
  (target) => saying(Buffer.from('16030100', 'hex'), target),
  (target) => saying(opening.subarray(0, randomInt(1, opening.length)), target),
  async (target) => {
    const socket = dial(target).on('error', () => undefined);
    await once(socket, 'connect');
    socket.write(opening.subarray(0, randomInt(opening.length)));
    socket.destroy();
  },
];

await leanStat({ ...server.target, localAddress: GOOD_ADDRESS }, keys);
await sleep(1_000);
const { files: before } = await server.program.ask<Usage>('usage');
let good = 0;
let unserved = 0;
const under = new Set<Promise<void>>();
const samples: { at: number; rss: number; files: number }[] = [];
const started = performance.now();
const until = started + Number(values.minutes) * 60_000;
let sampled = started;
for (let turn = 0; performance.now() < until; turn += 1) {
  const act = turn % 2 === 0 ? undefined : bad[(turn >> 1) % bad.length];
  const done = act
    ? act({ ...server.target, localAddress: somewhere() }).catch(() => undefined)
    : leanStat({ ...server.target, localAddress: GOOD_ADDRESS }, keys).then(
        () => {
          good += 1;
        },
        () => {
          unserved += 1;
        },
      );
  under.add(done);
  void done.finally(() => under.delete(done));
  if (performance.now() - sampled > SAMPLE_MS) {
    sampled = performance.now();
    const { rss, files } = await server.program.ask<Usage>('usage');
    samples.push({ at: (sampled - started) / 600_000, rss: rss / MIB, files });
    if (samples.length % 30 === 0)
      process.stderr.write(`${Math.round(sampled / 60_000)} min: ${rss / MIB} MiB, ${files} files\n`);
  }
  await sleep(TURN_MS);
}
await Promise.all(under);
await sleep(1_000);

const { files } = await server.program.ask<Usage>('usage');
const warm = samples.slice(Math.ceil(samples.length * WARM_UP));
const slope = slopeOf(warm.map(({ at, rss }) => [at, rss]));
const range = `${warm[0]?.rss.toFixed(0)} to ${warm.at(-1)?.rss.toFixed(0)} MiB, ${warm.length} samples`;
table.add({
  name: `R12 growth in ${values.minutes} minutes`,
  value: slope,
  unit: 'MiB/10 min',
  goal: { atMost: 1 },
  note: range,
});
table.add({
  name: 'R12 open files more at the end',
  value: files - before,
  unit: '',
  goal: { atMost: 0 },
  note: `${files}`,
});
table.add({
  name: 'R12 good clients not served',
  value: unserved,
  unit: '',
  goal: { atMost: 0 },
  note: `${good} served`,
});
table.end();
