import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createMetrics, type Metrics, observeBuild, observeProcess } from '../../../src/observability/metrics.ts';
import { parseExposition, type Sample } from './exposition.ts';

/** controller-runtime's and client-go's: what their dashboards ask for. */
const NAMES = `
  controller_runtime_reconcile_total controller_runtime_reconcile_errors_total
  controller_runtime_terminal_reconcile_errors_total controller_runtime_reconcile_timeouts_total
  controller_runtime_reconcile_time_seconds controller_runtime_max_concurrent_reconciles controller_runtime_active_workers
  workqueue_depth workqueue_adds_total workqueue_queue_duration_seconds workqueue_work_duration_seconds
  workqueue_unfinished_work_seconds workqueue_longest_running_processor_seconds workqueue_retries_total
  rest_client_requests_total rest_client_request_duration_seconds rest_client_rate_limiter_duration_seconds
  leader_election_master_status leader_election_slowpath_total`;

async function familiesOf({ registry }: Metrics) {
  return parseExposition(await registry.metrics());
}

/** The one value of these labels. */
async function value(metrics: Metrics, name: string, labels: Record<string, string> = {}): Promise<number | undefined> {
  const families = await familiesOf(metrics);
  const samples = [...families.values()].flatMap((family) => family.samples);
  const fits = (sample: Sample) => Object.entries(labels).every(([label, text]) => sample.labels[label] === text);
  const found = samples.filter((sample) => sample.name === name && fits(sample));
  assert.ok(found.length <= 1, `${found.length} of ${name}`);
  return found[0]?.value;
}

test('every name that dashboards of controllers ask for is there', async () => {
  const families = await familiesOf(createMetrics());
  assert.deepEqual(
    NAMES.trim()
      .split(/\s+/)
      .filter((name) => !families.has(name)),
    [],
  );
});

test('a failed reconcile counts as an error, a terminal or late one as that too', async () => {
  const metrics = createMetrics();
  for (const result of ['success', 'requeue_after', 'error', 'terminal', 'timeout'] as const) {
    metrics.controller.reconciled('server', result, 0.2);
  }
  const controller = { controller: 'server' };
  const total = (result: string) => value(metrics, 'controller_runtime_reconcile_total', { ...controller, result });
  assert.deepEqual([await total('success'), await total('requeue_after'), await total('error')], [1, 1, 3]);
  assert.equal(await value(metrics, 'controller_runtime_reconcile_errors_total', controller), 3);
  assert.equal(await value(metrics, 'controller_runtime_terminal_reconcile_errors_total', controller), 1);
  assert.equal(await value(metrics, 'controller_runtime_reconcile_timeouts_total', controller), 1);
  assert.equal(await value(metrics, 'controller_runtime_reconcile_time_seconds_count', controller), 5);
  assert.equal(
    await value(metrics, 'controller_runtime_reconcile_time_seconds_bucket', { ...controller, le: '0.2' }),
    5,
  );
  assert.equal(
    await value(metrics, 'controller_runtime_reconcile_time_seconds_bucket', { ...controller, le: '0.15' }),
    0,
  );
});

test('what has not happened yet is counted as 0 from the start', async () => {
  const metrics = createMetrics();
  metrics.controller.workers('server', 8);
  metrics.queue.observe('server', () => []);
  metrics.leader.leading('lease', false);
  const controller = { controller: 'server' };
  assert.equal(await value(metrics, 'controller_runtime_max_concurrent_reconciles', controller), 8);
  for (const name of ['reconcile_errors_total', 'terminal_reconcile_errors_total', 'reconcile_timeouts_total']) {
    assert.equal(await value(metrics, `controller_runtime_${name}`, controller), 0);
  }
  assert.equal(await value(metrics, 'workqueue_depth', { name: 'server', controller: 'server' }), 0);
  assert.equal(await value(metrics, 'leader_election_slowpath_total', { name: 'lease' }), 0);
});

test('the age of unfinished work is asked for when metrics are read', async () => {
  const metrics = createMetrics();
  let ages = [2, 30, 0.5];
  metrics.queue.observe('server', () => ages);
  const name = { name: 'server', controller: 'server' };
  assert.equal(await value(metrics, 'workqueue_unfinished_work_seconds', name), 32.5);
  assert.equal(await value(metrics, 'workqueue_longest_running_processor_seconds', name), 30);
  ages = [];
  assert.equal(await value(metrics, 'workqueue_unfinished_work_seconds', name), 0);
  assert.equal(await value(metrics, 'workqueue_longest_running_processor_seconds', name), 0);
});

test('a queue tells its depth, what came and came again, and how long keys waited and were worked on', async () => {
  const metrics = createMetrics();
  metrics.queue.depth('server', 3);
  metrics.queue.added('server');
  metrics.queue.retried('server');
  metrics.queue.waited('server', 0.05);
  metrics.queue.worked('server', 2);
  const name = { name: 'server', controller: 'server' };
  const expected: Record<string, number> = {
    workqueue_depth: 3,
    workqueue_adds_total: 1,
    workqueue_retries_total: 1,
    workqueue_queue_duration_seconds_sum: 0.05,
    workqueue_work_duration_seconds_sum: 2,
  };
  for (const [metric, number] of Object.entries(expected)) assert.equal(await value(metrics, metric, name), number);
});

test('requests are counted by status, method and host', async () => {
  const metrics = createMetrics();
  metrics.requests.answered({ method: 'GET', host: 'api:6443', code: '200', seconds: 0.01 });
  metrics.requests.answered({ method: 'GET', host: 'api:6443', code: '<error>', seconds: 30 });
  metrics.requests.throttled(0.5);
  const labels = { method: 'GET', host: 'api:6443' };
  assert.equal(await value(metrics, 'rest_client_requests_total', { ...labels, code: '<error>' }), 1);
  assert.equal(
    await value(metrics, 'rest_client_request_duration_seconds_sum', { verb: 'GET', host: 'api:6443' }),
    30.01,
  );
  assert.equal(await value(metrics, 'rest_client_rate_limiter_duration_seconds_sum'), 0.5);
});

test('who leads is 1, who stands by is 0', async () => {
  const metrics = createMetrics();
  const status = () => value(metrics, 'leader_election_master_status', { name: 'lease' });
  metrics.leader.leading('lease', false);
  assert.equal(await status(), 0);
  metrics.leader.leading('lease', true);
  metrics.leader.slowPath('lease');
  assert.equal(await status(), 1);
  assert.equal(await value(metrics, 'leader_election_slowpath_total', { name: 'lease' }), 1);
});

test('two programs in one process share nothing', async () => {
  const [one, other] = [createMetrics(), createMetrics()];
  one.queue.added('server');
  assert.equal(await value(other, 'workqueue_adds_total'), undefined);
});

test('the process and the build are told with the rest', async () => {
  const metrics = createMetrics();
  observeProcess(metrics.registry);
  observeBuild(metrics.registry, 'operator', '1.2.3');
  assert.equal(await value(metrics, 'anweddol_build_info', { program: 'operator', version: '1.2.3' }), 1);
  assert.ok(Number(await value(metrics, 'process_resident_memory_bytes')) > 2 ** 20);
});
