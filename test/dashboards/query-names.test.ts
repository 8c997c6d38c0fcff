import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultsOf, selectorsIn } from './query-names.ts';
import type { KnownMetric } from './registries.ts';

const metric = (name: string, type: string, ...labelNames: string[]): [string, KnownMetric] => [
  name,
  { name, type, help: '', labelNames },
];
const METRICS = new Map([
  metric('up_total', 'counter', 'verb'),
  metric('took_seconds', 'histogram', 'phase'),
  metric('open', 'gauge'),
]);

test('metrics are told from functions, labels, words of the language and what is in quotes', () => {
  const query = `histogram_quantile(0.9, sum by (le, phase) (rate(took_seconds_bucket{phase!="a{b}", job=~"open"}[5m])))
    and on (job) open == 1 or sum without(verb) (up_total offset 5m) > bool 1e3`;
  assert.deepEqual(selectorsIn(query), [
    { metric: 'took_seconds_bucket', labels: ['phase', 'job'] },
    { metric: 'open', labels: [] },
    { metric: 'up_total', labels: [] },
  ]);
});

test('what nobody exports is found: a metric, a label of it, a label to group by', () => {
  assert.deepEqual(faultsOf('sum by (verb) (rate(up_total{verb="x"}[5m]))', METRICS), []);
  assert.deepEqual(faultsOf('rate(took_seconds_count{phase="x"}[5m])', METRICS), []);
  assert.deepEqual(faultsOf('ups_total', METRICS), ['no metric ups_total']);
  assert.deepEqual(faultsOf('up_total{phase="x"}', METRICS), ['up_total has no label phase']);
  assert.deepEqual(faultsOf('sum by (phase) (up_total)', METRICS), ['nothing has the label phase']);
  assert.deepEqual(faultsOf('open_count', METRICS), ['no metric open_count']);
  assert.deepEqual(faultsOf('1 + 1', METRICS), ['no metric in 1 + 1']);
});
