import assert from 'node:assert/strict';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { create, destroy } from '../../src/main/demo/walkthrough.ts';
import { RSAWrapper } from '../../src/wire/rsa-wrapper.ts';
import { havePromtool, promtool } from '../alerts/promtool.ts';
import { answersOf } from './draw/answers.ts';
import { Prometheus } from './draw/prometheus.ts';
import { type Scene, startScene } from './draw/scene.ts';
import { readDashboards } from './panels.ts';

const HOST = '127.0.0.72';
/** All machines boot, and at once. */
const LUCK = { minMs: 0, maxMs: 0, failing: 0 };
const PATIENCE_MS = 60_000;

/** What does not happen in every run: the operator sees nothing fail, nobody is faster, and nothing comes to its end. */
const MAY_BE_EMPTY = new Set(['Ended by the operator']);

let scene: Scene;
let prometheus: Prometheus;
let folder: string;
let from: number;

before(async () => {
  await havePromtool();
  folder = await mkdtemp(join(tmpdir(), 'anweddol-live-'));
  scene = await startScene(HOST, LUCK);
  prometheus = await Prometheus.start(folder, scene.jobs);
  from = Date.now() / 1000;
});

after(async () => {
  await prometheus?.[Symbol.asyncDispose]();
  await scene?.[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

test('once a client has had a container on each server, every panel shows something', async () => {
  const key = await RSAWrapper.generate({ bits: 2048 });
  const signal = AbortSignal.timeout(PATIENCE_MS);
  let empty: string[] = [];
  do {
    for (const server of scene.addresses) {
      const caller = { server, key, signal };
      await destroy(caller, await create(caller));
    }
    await sleep(1_000, undefined, { signal });
    const time = { from, to: Date.now() / 1000 };
    const answered = await Promise.all(
      (await readDashboards()).map(async (dashboard) => ({
        dashboard,
        answers: await answersOf(dashboard, prometheus, time),
      })),
    );
    empty = answered.flatMap(({ dashboard, answers }) =>
      answers
        .filter(({ panel }) => !MAY_BE_EMPTY.has(panel.title))
        .filter((one) => one.answers.some(({ series }) => series.length === 0))
        .map(({ panel }) => `${dashboard.file}: ${panel.title}`),
    );
    // Rates need two scrapes on both sides of what happened.
  } while (empty.length > 0 && !signal.aborted);
  assert.deepEqual(empty, []);
});

test('Prometheus’ own check finds nothing to say about what any of them exports', async () => {
  const addresses = scene.jobs.flatMap(({ targets }) => targets.map(({ address }) => address));
  assert.equal(addresses.length, 4);
  for (const address of addresses) {
    const exposition = await (await fetch(`http://${address}/metrics`)).text();
    const { code, output } = await promtool(['check', 'metrics'], exposition);
    assert.deepEqual([code, output], [0, '']);
  }
});

test('the numbers are those of the run', async () => {
  const one = async (query: string) => (await prometheus.now(query))[0]?.points[0]?.value;
  assert.equal(await one('sum(anweddol_operator_leading)'), 1);
  assert.equal(await one('sum(anweddol_slots{server="pool"})'), 6);
  assert.equal(await one('sum(anweddol_pods_ready{server="pool"})'), 2);
  assert.equal(await one('sum(anweddol_access_tokens{server="pool", state="usable"})'), 2);
  assert.equal(await one('sum(anweddol_access_tokens{server="pool", state="disabled"})'), 1);
  assert.equal(await one('count(anweddol_condition{server="broken", type="Ready", status="True"}) or vector(0)'), 0);
  assert.ok(Number(await one('sum(anweddol_boots_total{server="school", start="cold", outcome="succeeded"})')) >= 1);
  assert.ok(Number(await one('sum(anweddol_boots_total{server="pool", start="warm", outcome="succeeded"})')) >= 2);
});
