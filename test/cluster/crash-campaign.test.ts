/** The short form of `npm run campaign`: processes killed at their writes, on the real control plane where there is one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Campaign } from '../campaign/campaign.ts';
import { conduct } from '../campaign/conduct.ts';
import { SHORT_FLOWS } from '../campaign/flows/flows.ts';
import { layGround } from '../campaign/ground/ground.ts';
import { isClean, tableOf } from '../campaign/report.ts';
import { IN_MEMORY, PLANES } from '../support/planes.ts';

/** Nothing but the first run of a flow begins later; what has begun takes a few seconds more. */
const WITHIN_MS = 75_000;

test('whoever is killed at a write, all ends as if nobody had been', async (context) => {
  const say = (line: string) => context.diagnostic(line);
  const plane = PLANES.find(({ skip, shared }) => shared && !skip) ?? IN_MEMORY;
  await using ground = await layGround(plane, say);
  const campaign = new Campaign({ ground, jobs: 3, waiting: 12, quietMs: 1_000, signal: context.signal });
  const since = performance.now();
  const flows = await conduct(campaign, SHORT_FLOWS, { moments: 'one', pairs: false, withinMs: WITHIN_MS, say });
  const report = { flows, seconds: (performance.now() - since) / 1000 };
  assert.ok(isClean(report), tableOf(report));
  assert.equal(ground.truth.broken, undefined);
  const unreached = flows.filter(({ runs }) => !runs.some(({ isReached }) => isReached)).map(({ flow }) => flow);
  assert.deepEqual(unreached, [], 'in each flow somebody was killed');
});
