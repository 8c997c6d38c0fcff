/**
 * `npm run bench -- attacks`: what a good client notices of others that mean harm. A server that knows addresses, in a process
 * of its own; good clients on one address, the attack from others, all on loopback and these two cores. The rows are named
 * as what they hold the server to. Prints each figure with its goal, in JSON with `-o json`; exit code 1 when one is missed.
 */

import type { AttackResult } from './server/attack-program.ts';
import { LEAN, newPrivateKey, startLoad, startRaw, startServer } from './server/bench-server.ts';
import { bundleServer } from './server/bundle-server.ts';
import { ChildProgram } from './server/child-program.ts';
import { LeanKeys, leanStat } from './server/lean-client.ts';
import type { LoadResult } from './server/load-program.ts';
import type { RawResult } from './server/raw-program.ts';
import { startRelay } from './server/relay.ts';
import type { Usage } from './server/server-program.ts';
import { Table } from './server/table.ts';

const GOOD_ADDRESS = '127.2.0.1';
/** At once. */
const GOOD_CLIENTS = 4;
const BITS = 2048;
const ATTACK_SECONDS = 14;
const WARM_UP_SECONDS = 5;
const ONE_WAY_MS = 100;
const SUSTAINED = 32;
const MB = 1e6;

const table = new Table(process.argv.slice(2));
const program = await bundleServer();
const privateKey = await newPrivateKey(4096);
await using load = await startLoad();
await using raw = await startRaw();
await using attacker = await ChildProgram.start(new URL('./server/attack-program.ts', import.meta.url).pathname);

interface Beside {
  good: LoadResult;
  alone: LoadResult;
  /** On a server that does not know the attacker yet. */
  first: AttackResult;
  attack: AttackResult;
  /** Resident, of the server, in bytes: before the attack, and what came with it. */
  resident: number;
  growth: number;
}

/** Good clients without and with an attack, at a server of its own. */
async function beside(
  kind: 'slow' | 'forged' | 'garbage',
  clientAddresses: 'known' | 'unknown' = 'known',
): Promise<Beside> {
  await using server = await startServer(program, { privateKey, server: { clientAddresses } }, LEAN);
  const target = { ...server.target, localAddress: GOOD_ADDRESS };
  const stat = (seconds: number) =>
    load.ask<LoadResult>('load', { target, parallel: GOOD_CLIENTS, seconds, bits: BITS });
  const attacking = (seconds: number) => attacker.ask<AttackResult>(kind, { target: server.target, seconds });
  const [first] = await Promise.all([attacking(WARM_UP_SECONDS), stat(WARM_UP_SECONDS)]);
  const alone = await stat(3);
  const { rss } = await server.program.ask<Usage>('usage');
  const [attack, good] = await Promise.all([attacking(ATTACK_SECONDS), stat(ATTACK_SECONDS)]);
  const growth = (await server.program.ask<Usage>('usage')).rss - rss;
  return { first, attack, alone, good, resident: rss, growth };
}

function addGood(row: string, { good, alone }: Beside): void {
  const failures = Object.values(good.failures).reduce((sum, count) => sum + count, 0);
  const served = good.done / (good.done + failures);
  const note = failures > 0 ? JSON.stringify(good.failures) : `${good.done} of them`;
  table.add({ name: `${row} good clients served`, value: served, unit: '', goal: { atLeast: 1 }, note });
  const ofLimit = { share: good.p99 / alone.p99, limit: 'that without the attack' };
  table.add({ name: `${row} their delay, p99`, value: good.p99, unit: 'ms', goal: { atMost: 300 }, ofLimit });
}

async function farAway(): Promise<void> {
  await using server = await startServer(program, { privateKey });
  await using relay = await startRelay(server.target, ONE_WAY_MS);
  const value = (await leanStat(relay.target, new LeanKeys(BITS))) / 1000;
  const ofLimit = { share: (value * 1000) / (2 * ONE_WAY_MS), limit: 'a way there and back' };
  table.add({ name: 'R2 STAT at 200 ms there and back', value, unit: 's', goal: { atMost: 10 }, ofLimit });
}

async function slow(): Promise<void> {
  const found = await beside('slow');
  const { connections, longest } = found.attack;
  const name = `R3 ${connections.toLocaleString('en')} at a byte a second, the longest lived`;
  table.add({ name, value: longest / 1000, unit: 's', goal: { atMost: 10.5 } });
  addGood('R3', found);
}

async function forged(): Promise<void> {
  const found = await beside('forged');
  const { connections, refused, refusedP50, refusedP99 } = found.attack;
  const name = `R5 forged key blocks (${Math.round(connections / ATTACK_SECONDS)}/s), penalised after`;
  table.add({ name, value: found.first.lastHeard / 1000, unit: 's', goal: { atMost: 2 } });
  const note = `${refused} of ${connections}; p99 ${refusedP99.toFixed(1)} ms`;
  table.add({ name: 'R5 overflow closed after, p50', value: refusedP50, unit: 'ms', goal: { atMost: 5 }, note });
  addGood('R5', found);
}

/** Where addresses are unknown nothing but the line for the private key stands between a flood and the others. */
async function forgedByAnyone(): Promise<void> {
  const found = await beside('forged', 'unknown');
  const { connections, overflow, overflowP50, overflowP99 } = found.attack;
  const { cpuMs } = await raw.ask<RawResult>('rate', { privateKey, seconds: 1 });
  table.add({
    name: 'R5 addresses unknown: refused for a full line after, p50',
    value: overflow > 0 ? overflowP50 : 0,
    unit: 'ms',
    ...(overflow > 0 && { ofLimit: { share: overflowP50 / cpuMs, limit: 'one operation' } }),
    note: `${overflow} of ${connections}${overflow > 0 ? `; p99 ${overflowP99.toFixed(1)} ms` : ''}`,
  });
  const { done, failures, p99 } = found.good;
  const lost = Object.values(failures).reduce((sum, count) => sum + count, 0);
  const served = { name: '… good clients served then', value: done / (done + lost), unit: '' };
  table.add({ ...served, note: `${done} of ${done + lost}; p99 ${p99.toFixed(0)} ms` });
}

async function garbage(): Promise<void> {
  const found = await beside('garbage');
  const rate = Math.round(found.attack.connections / ATTACK_SECONDS);
  const name = `R8 garbage and oversize (${rate}/s), growth`;
  const ofLimit = { share: found.growth / found.resident, limit: 'what it had' };
  table.add({ name, value: found.growth / MB, unit: 'MB', goal: { atMost: 20 }, ofLimit });
  addGood('R8', found);
}

async function sustained(): Promise<void> {
  await using server = await startServer(program, { privateKey });
  const stat = () =>
    load.ask<LoadResult>('load', { target: server.target, parallel: SUSTAINED, seconds: 5, bits: BITS });
  await stat();
  await server.program.ask('usage');
  const { perSecond } = await stat();
  const { loopP99 } = await server.program.ask<Usage>('usage');
  const { perSecond: most } = await raw.ask<RawResult>('rate', { privateKey, seconds: 2 });
  const ofLimit = { share: perSecond / most, limit: 'raw RSA' };
  table.add({ name: 'R6 sustained handshakes', value: perSecond, unit: '/s', goal: { atLeast: 300 }, ofLimit });
  table.add({ name: "R6 the server's event loop, p99", value: loopP99, unit: 'ms', goal: { atMost: 20 } });
}

await farAway();
await slow();
await forged();
await forgedByAnyone();
await sustained();
await garbage();
table.end();
