/**
 * `npm run bench -- handout`: how long clients wait for containers that were booted before, and whether each gets one of its
 * own when many come at once and the operator dies. Three server pods, machines that are played with real SSH servers, and the
 * clients share this machine; on the real control plane where there is one, else in memory. `--latency` or `--rush` runs that alone.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { RESPONSE_MSG_UNAVAILABLE } from '../../src/wire/constants.ts';
import { startTestLab, type TestLab } from '../support/lab.ts';
import { IN_MEMORY, PLANES } from '../support/planes.ts';
import type { CreateResult } from './operator/create-program.ts';
import { fullServer, killOperator, machinesOf, podRequests, removeServer } from './operator/hand-out-lab.ts';
import { plainWritesMs } from './operator/plain-writes.ts';
import { type RequestCounts, requestsTold, since } from './operator/request-counts.ts';
import { setUpMs } from './operator/set-up-cost.ts';
import { TruthWatch } from './operator/truth-watch.ts';
import { ChildProgram } from './server/child-program.ts';
import { percentile } from './server/percentile.ts';
import { Table } from './server/table.ts';

const HOST = '127.0.0.62';
const CLIENTS = fileURLToPath(new URL('operator/create-program.ts', import.meta.url));
const WARM = Number(process.env.WARM ?? 200);
/** How many at a time, how often. */
const ROUNDS: readonly { parallel: number; times: number }[] = [
  { parallel: 1, times: 10 },
  { parallel: 10, times: 4 },
  { parallel: 50, times: 3 },
];
const RUSH = { clients: 200, warm: 50, maxRunning: 120, killAfterMs: 400 };

const args = process.argv.slice(2);
const table = new Table(args);
const plane = PLANES.find(({ skip, shared }) => !skip && shared) ?? IN_MEMORY;
const lab = await startTestLab(HOST, plane, { hollow: true });
await using clients = await ChildProgram.start(CLIENTS);
try {
  if (!args.includes('--rush')) await latency(lab);
  if (!args.includes('--latency')) await rush(lab);
  table.end();
} finally {
  await lab.close();
}
process.exit();

async function latency(testLab: TestLab): Promise<void> {
  const alone = await setUpMs();
  table.add({ name: 'both SSH logins and the setup of a container, alone', value: alone, unit: 'ms' });
  const server = await fullServer(testLab, { name: 'pool', maxRunning: WARM, warm: WARM });
  let left = WARM;
  const given: { parallel: number; times: number; p50: number }[] = [];
  for (const { parallel, times } of ROUNDS) {
    const results: CreateResult[] = [];
    const before = await podRequests(testLab, 'pool');
    for (let time = 0; time < times && parallel <= left; time += 1) {
      left -= parallel;
      results.push(...(await clients.ask<CreateResult[]>('create', { server, parallel })));
    }
    if (results.length === 0) continue;
    const asked = since(before, await podRequests(testLab, 'pool'));
    const p50 = tellDelays(`${parallel} at a time, ${plane.name}`, results, asked);
    given.push({ parallel, times, p50 });
  }
  for (const { parallel, times, p50 } of given) {
    const machines = machinesOf(testLab, 'pool').slice(0, parallel);
    const plain = await plainWritesMs(testLab.lab.kube, machines, times);
    table.add({
      name: `warm CREATE, ${parallel} at a time, ${plane.name}: p50, to its four writes by a plain loop`,
      value: p50 / plain,
      unit: 'times',
      note: `${p50.toFixed(0)} ms, to ${plain.toFixed(0)} ms`,
    });
  }
  await removeServer(testLab, 'pool');
}

/** @returns the p50 of CREATE */
function tellDelays(on: string, results: readonly CreateResult[], asked: RequestCounts): number {
  const served = results.filter(({ uuid }) => uuid !== undefined);
  const creates = served.map(({ createMs }) => createMs);
  const connects = served.map(({ connectMs }) => connectMs);
  const p50 = percentile(creates, 0.5);
  const keys = `${percentile(connects, 0.5).toFixed(0)} ms before, for the keys`;
  table.add({
    name: `warm CREATE, ${on}: p50`,
    value: p50,
    unit: 'ms',
    goal: { atMost: 300 },
    note: keys,
  });
  table.add({ name: `warm CREATE, ${on}: p99`, value: percentile(creates, 0.99), unit: 'ms', goal: { atMost: 1000 } });
  // One of them comes after the response.
  table.add({
    name: `warm CREATE, ${on}: answers to its writes, all together`,
    value: (asked.writeSeconds * 1000) / served.length,
    unit: 'ms',
    note: requestsTold(asked),
  });
  const failed = results.length - served.length;
  table.add({
    name: `warm CREATE, ${on}: not served`,
    value: failed,
    unit: '',
    goal: { atMost: 0 },
    note: messages(results),
  });
  return p50;
}

async function rush(testLab: TestLab): Promise<void> {
  const { maxRunning, warm } = RUSH;
  const server = await fullServer(testLab, { name: 'rush', maxRunning, warm });
  const { kube } = testLab.lab;
  await using truth = await TruthWatch.start(kube, testLab.namespace, 'rush');
  const began = performance.now();
  const answers = clients.ask<CreateResult[]>('create', { server, parallel: RUSH.clients });
  await sleep(RUSH.killAfterMs);
  await killOperator(testLab);
  const results = await answers;
  const seconds = (performance.now() - began) / 1000;
  const uuids = results.flatMap(({ uuid }) => uuid ?? []);
  const there = new Set(machinesOf(testLab, 'rush').map(({ spec }) => spec.domain.firmware?.uuid));
  const on = `${RUSH.clients} at once, ${warm} warm, ${maxRunning} slots, ${plane.name}`;
  const refused = results.filter(({ message }) => message === RESPONSE_MSG_UNAVAILABLE).length;
  table.add({
    name: `${on}: served`,
    value: uuids.length,
    unit: '',
    note: `in ${seconds.toFixed(1)} s; ${messages(results)}`,
  });
  table.add({
    name: `${on}: neither served nor told`,
    value: results.length - uuids.length - refused,
    unit: '',
    goal: { atMost: 0 },
  });
  table.add({
    name: `${on}: given out twice`,
    value: uuids.length - new Set(uuids).size,
    unit: '',
    goal: { atMost: 0 },
  });
  const missing = uuids.filter((uuid) => !there.has(uuid)).length;
  table.add({ name: `${on}: given out, and not there`, value: missing, unit: '', goal: { atMost: 0 } });
  const note = `in ${truth.versions} versions`;
  table.add({ name: `${on}: machines at most`, value: truth.most, unit: '', goal: { atMost: maxRunning }, note });
  await removeServer(testLab, 'rush');
}

function messages(results: readonly CreateResult[]): string {
  const counts = Map.groupBy(results, ({ message }) => message);
  return [...counts].map(([message, { length }]) => `${length} × ${message}`).join(', ');
}
