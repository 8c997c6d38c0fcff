import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Registry } from 'prom-client';
import { handOutMetrics } from '../../../src/observability/metrics/hand-out-metrics.ts';
import { oneValue, samplesOf } from './series.ts';

const PHASES = 'anweddol_server_create_phase_duration_seconds';
const LOST = 'anweddol_server_claims_lost_total';

test('every phase and start is there from the beginning, at 0', async () => {
  const registry = new Registry();
  handOutMetrics(registry);
  const samples = await samplesOf(registry);
  assert.deepEqual(
    samples.filter((sample) => sample.value !== 0),
    [],
  );
  assert.equal(samples.filter(({ name }) => name === `${PHASES}_count`).length, 5 * 2);
  assert.equal(samples.filter(({ name }) => name === LOST).length, 2);
});

test('phases come in milliseconds and are told in seconds, lost claims are counted', async () => {
  const registry = new Registry();
  const metrics = handOutMetrics(registry);
  metrics.phaseTook('boot', 'cold', 7_000);
  metrics.claimLost('warm');
  assert.equal(await oneValue(registry, `${PHASES}_sum`, { phase: 'boot', start: 'cold' }), 7);
  assert.equal(await oneValue(registry, `${PHASES}_bucket`, { phase: 'boot', start: 'cold', le: '5' }), 0);
  assert.equal(await oneValue(registry, `${PHASES}_bucket`, { phase: 'boot', start: 'cold', le: '10' }), 1);
  assert.equal(await oneValue(registry, LOST, { start: 'warm' }), 1);
  assert.equal(await oneValue(registry, LOST, { start: 'cold' }), 0);
});
