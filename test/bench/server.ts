/**
 * `npm run bench -- server`: the server as a library, bundled, in a process of its own, with the load generator beside it on
 * the same cores: STAT with a new connection each, beside the private operations of RSA that the machine does alone; delays;
 * CPU and memory of a handshake; 10,000 idle connections; the time to start. Prints each figure with its goal, in JSON with
 * `-o json`; exit code 1 when one is missed.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { newAuthority } from '../support/test-certificates.ts';
import { LEAN, newPrivateKey, startLoad, startRaw, startServer } from './server/bench-server.ts';
import { bundleServer } from './server/bundle-server.ts';
import type { NodeStart } from './server/child-program.ts';
import { isTaken } from './server/is-taken.ts';
import type { LoadResult } from './server/load-program.ts';
import { rounds } from './server/median.ts';
import type { ServerProgramOptions, Usage } from './server/server-program.ts';
import { startUpSeconds } from './server/start-up.ts';
import { Table } from './server/table.ts';
import { type Round, throughput, typical } from './server/throughput.ts';

const PARALLEL = 256;
const CLIENT_BITS = 2048;
const ROUNDS = 5;
const FEW_ROUNDS = 2;
const IDLE = 10_000;
const IDLE_CAP = 16_384;
/** Longer than the benchmark. */
const NEVER_SECONDS = 600;
const MB = 1e6;

const table = new Table(process.argv.slice(2));
const program = await bundleServer();
const privateKey = await newPrivateKey(4096);
await using raw = await startRaw();
const bareBytes = await raw.ask<number>('resident');
await using load = await startLoad();

/** Rounds of STAT at a server of its own. */
async function measure(
  options: ServerProgramOptions,
  { bits = CLIENT_BITS, rounds = FEW_ROUNDS, node = {} }: { bits?: number; rounds?: number; node?: NodeStart } = {},
): Promise<{ all: Round[]; alone: LoadResult; before: Usage }> {
  await using server = await startServer(program, options, node);
  const target = { ...server.target, tls: options.certificate !== undefined };
  await load.ask<LoadResult>('load', { target, parallel: 1, seconds: 1, bits });
  const before = await server.program.ask<Usage>('usage');
  const all = await throughput({
    raw,
    load,
    server: server.program,
    target,
    privateKey: options.privateKey,
    bits,
    parallel: PARALLEL,
    rounds,
  });
  return { all, before, alone: await load.ask<LoadResult>('load', { target, parallel: 1, seconds: 3, bits }) };
}

function addShare(name: string, all: readonly Round[], goal?: { atLeast: number }): void {
  const { value, note } = rounds(all.map(({ share }) => share));
  const rates = `${Math.round(typical(all, 'perSecond'))}/s of ${Math.round(typical(all, 'rawPerSecond'))}/s`;
  const cpu = `by CPU time ${typical(all, 'cpuShare').toFixed(2)}`;
  table.add({ name, value, unit: 'of raw RSA', goal, note: `${rates}; ${cpu}; ${note}` });
}

/** Resident, beside a Node that has done nothing. */
function ofBareNode(bytes: number): { share: number; limit: string } {
  return { share: bytes / bareBytes, limit: 'a bare Node' };
}

async function handshakes(): Promise<void> {
  const { all, alone, before } = await measure({ privateKey }, { rounds: ROUNDS });
  addShare('STAT, server key of 4,096 bits, clients of 2,048', all, { atLeast: 0.6 });
  const failures = all.reduce((sum, round) => sum + round.failures, 0);
  table.add({ name: `failures at ${PARALLEL} parallel`, value: failures, unit: '', goal: { atMost: 0 } });
  const rawMs = typical(all, 'rawCpuMs');
  const delay = (name: string, ms: number) =>
    table.add({ name, value: ms, unit: 'ms', ofLimit: { share: ms / rawMs, limit: 'one operation' } });
  delay('delay of a client alone, p50', alone.p50);
  delay('delay of a client alone, p99', alone.p99);
  delay(`delay at ${PARALLEL} parallel, p50`, typical(all, 'p50'));
  delay(`delay at ${PARALLEL} parallel, p99`, typical(all, 'p99'));
  delay('CPU of a handshake, server', typical(all, 'serverCpuMs'));
  delay('CPU of a handshake, server, without the operation', typical(all, 'serverCpuMs') - rawMs);
  delay('CPU of a handshake, load generator', typical(all, 'loadCpuMs'));
  delay(`event loop at ${PARALLEL} parallel, p99`, typical(all, 'loopP99'));
  const rss = all.at(-1)?.rss ?? Number.NaN;
  table.add({ name: `resident after ${PARALLEL} parallel`, value: rss / MB, unit: 'MB', ofLimit: ofBareNode(rss) });
  const each = (rss - before.rss) / PARALLEL;
  const note = `over ${(before.rss / MB).toFixed(0)} MB`;
  table.add({
    name: 'memory of a handshake under way',
    value: each / 1e3,
    unit: 'KB',
    ofLimit: ofBareNode(each),
    note,
  });
}

async function otherWays(): Promise<void> {
  addShare('… Node as in the image', (await measure({ privateKey }, { node: LEAN })).all);
  addShare('… clients of 4,096 bits', (await measure({ privateKey }, { bits: 4096 })).all);
  for (const bits of [2048, 3072]) {
    const { all } = await measure({ privateKey: await newPrivateKey(bits) });
    addShare(`… server key of ${bits.toLocaleString('en')} bits`, all);
  }
  const certificate = newAuthority('bench').issue('127.0.0.1');
  addShare('… over TLS 1.3, certificate RSA of 2,048 bits', (await measure({ privateKey, certificate })).all);
}

async function idle(how: string, node: NodeStart, goals: { resident?: number; p99?: number }): Promise<void> {
  const patient = { maxConnections: IDLE_CAP, clientTimeout: NEVER_SECONDS, stepTimeout: NEVER_SECONDS };
  await using server = await startServer(program, { privateKey, server: patient }, node);
  await using holder = await startLoad();
  const { target } = server;
  await load.ask('load', { target, parallel: 1, seconds: 1, bits: CLIENT_BITS });
  const before = await server.program.ask<Usage>('usage');
  const alone = await load.ask<LoadResult>('load', { target, parallel: 4, seconds: 3, bits: CLIENT_BITS });
  await holder.ask('hold', { target, count: IDLE, sources: 200 });
  const beside = await load.ask<LoadResult>('load', { target, parallel: 4, seconds: 5, bits: CLIENT_BITS });
  const held = await holder.ask<number>('stillHeld');
  const { rss } = await server.program.ask<Usage>('usage');
  const count = `${IDLE.toLocaleString('en')} idle${how}`;
  table.add({ name: `held: ${count}`, value: held, unit: '', goal: { atLeast: IDLE } });
  const each = `${((rss - before.rss) / IDLE / 1e3).toFixed(1)} KB each over ${(before.rss / MB).toFixed(0)} MB`;
  const resident = goals.resident === undefined ? undefined : { atMost: goals.resident };
  const ofBare = ofBareNode(rss);
  table.add({ name: `resident: ${count}`, value: rss / MB, unit: 'MB', goal: resident, ofLimit: ofBare, note: each });
  const share = beside.p99 / alone.p99;
  const ofLimit = { share, limit: 'the same without them' };
  const p99 = goals.p99 === undefined ? undefined : { atMost: goals.p99 };
  table.add({ name: `STAT beside ${count}, p99`, value: beside.p99, unit: 'ms', goal: p99, ofLimit });
}

async function startUp(): Promise<void> {
  const value = await startUpSeconds(program, [JSON.stringify({ privateKey })]);
  const bare = await startUpSeconds(new URL('./server/raw-program.ts', import.meta.url).pathname);
  const ofLimit = { share: value / bare, limit: 'a program that does nothing' };
  table.add({ name: 'start, until it listens', value, unit: 's', goal: { atMost: 0.4 }, ofLimit });
}

/** From the moment a server is told to stop until it takes no connection, while a client is still with it. */
async function stopping(): Promise<void> {
  await using server = await startServer(program, { privateKey });
  await using holder = await startLoad();
  await holder.ask('hold', { target: server.target, count: 1, sources: 1 });
  const started = performance.now();
  const stopped = server.program.ask('stop');
  while (await isTaken(server.target)) await sleep(1);
  const value = performance.now() - started;
  table.add({ name: 'stop, until no connection is taken (R11)', value, unit: 'ms', goal: { atMost: 100 } });
  await stopped;
}

await handshakes();
await otherWays();
await idle(', Node as in the image', LEAN, { resident: 150, p99: 150 });
await idle('', {}, { p99: 150 });
await startUp();
await stopping();
table.end();
