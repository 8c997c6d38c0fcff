import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Registry } from 'prom-client';
import { operatorMetrics } from '../../../src/observability/metrics/operator-metrics.ts';
import type { FleetNumbers, ServerNumbers } from '../../../src/operator/metrics/operator-metrics.ts';
import { oneValue, samplesOf } from './series.ts';

const LAB = { namespace: 'a', name: 'lab' };
const OTHER = { namespace: 'b', name: 'lab' };
const labels = { namespace: 'a', server: 'lab' };

function given() {
  const registry = new Registry();
  return { registry, metrics: operatorMetrics(registry) };
}

function numbers(change: Partial<ServerNumbers> = {}): ServerNumbers {
  return {
    server: LAB,
    slots: 6,
    warmWanted: 2,
    podsWanted: 3,
    podsReady: 1,
    containers: { running: 3, warm: 1, starting: 1, ending: 0 },
    stuck: 0,
    conditions: [{ type: 'Ready', status: 'False', reason: 'NoPodReady' }],
    certificates: [{ certificate: 'tls', expiresAt: 1_800_000_000 }],
    tokens: { usable: 2, disabled: 1, expired: 0, leftOut: 0, broken: 0 },
    ...change,
  };
}

test('a process that stands by says so, and nothing of any server', async () => {
  const { registry } = given();
  assert.equal(await oneValue(registry, 'anweddol_operator_leading'), 0);
  assert.deepEqual(
    (await samplesOf(registry)).filter((sample) => 'server' in sample.labels),
    [],
  );
});

test('while it works, each look tells what is true then', async () => {
  const { registry, metrics } = given();
  let fleet: FleetNumbers = { servers: [numbers()] };
  const end = metrics.working(() => fleet);
  assert.equal(await oneValue(registry, 'anweddol_operator_leading'), 1);
  assert.equal(await oneValue(registry, 'anweddol_slots', labels), 6);
  assert.equal(await oneValue(registry, 'anweddol_containers', { ...labels, state: 'running' }), 3);
  assert.equal(await oneValue(registry, 'anweddol_warm_containers_wanted', labels), 2);
  assert.equal(await oneValue(registry, 'anweddol_pods_wanted', labels), 3);
  assert.equal(await oneValue(registry, 'anweddol_pods_ready', labels), 1);
  assert.equal(await oneValue(registry, 'anweddol_access_tokens', { ...labels, state: 'usable' }), 2);
  const ready = { ...labels, type: 'Ready', status: 'False', reason: 'NoPodReady' };
  assert.equal(await oneValue(registry, 'anweddol_condition', ready), 1);
  const expiry = 'anweddol_certificate_expiration_timestamp_seconds';
  assert.equal(await oneValue(registry, expiry, { ...labels, certificate: 'tls' }), 1_800_000_000);

  fleet = { servers: [] };
  assert.deepEqual(
    (await samplesOf(registry)).filter((sample) => 'server' in sample.labels),
    [],
  );
  end();
  assert.equal(await oneValue(registry, 'anweddol_operator_leading'), 0);
});

test('what is not known is absent, not 0', async () => {
  const { registry, metrics } = given();
  const { containers: _, stuck: __, tokens: ___, ...rest } = numbers();
  metrics.working(() => ({ servers: [rest] }));
  const names = new Set((await samplesOf(registry)).map(({ name }) => name));
  for (const name of ['containers', 'containers_stuck', 'access_tokens', 'orphans']) {
    assert.ok(!names.has(`anweddol_${name}`), name);
  }
});

test('one look at the metrics looks at the caches once', async () => {
  const { registry, metrics } = given();
  let looks = 0;
  metrics.working(() => {
    looks += 1;
    return { servers: [numbers()], orphans: { VirtualMachineInstance: 1, EndpointSlice: 0, AnweddolAccessToken: 0 } };
  });
  assert.equal(await oneValue(registry, 'anweddol_orphans', { kind: 'VirtualMachineInstance' }), 1);
  assert.equal(looks, 1);
  await samplesOf(registry);
  assert.equal(looks, 2);
});

test('what did not happen to a server yet is 0 as soon as the server is known', async () => {
  const { registry, metrics } = given();
  metrics.known(LAB);
  const samples = (await samplesOf(registry)).filter((sample) => sample.labels.server === 'lab');
  assert.deepEqual(
    samples.filter((sample) => sample.value !== 0),
    [],
  );
  const series = (name: string) => samples.filter((sample) => sample.name === `anweddol_${name}`).length;
  assert.deepEqual([series('containers_ended_total'), series('boots_total')], [11, 4]);
});

test('ends are counted by server and reason, boots by start and outcome', async () => {
  const { registry, metrics } = given();
  metrics.known(LAB);
  metrics.known(OTHER);
  metrics.containerEnded(LAB, 'Expired');
  metrics.containerEnded(LAB, 'Expired');
  metrics.bootSucceeded(LAB, 'warm', 7);
  metrics.bootFailed(LAB, 'cold');
  assert.equal(await oneValue(registry, 'anweddol_containers_ended_total', { ...labels, reason: 'Expired' }), 2);
  const other = { namespace: 'b', server: 'lab', reason: 'Expired' };
  assert.equal(await oneValue(registry, 'anweddol_containers_ended_total', other), 0);
  const boots = (start: string, outcome: string) =>
    oneValue(registry, 'anweddol_boots_total', { ...labels, start, outcome });
  assert.deepEqual([await boots('warm', 'succeeded'), await boots('warm', 'failed')], [1, 0]);
  assert.deepEqual([await boots('cold', 'succeeded'), await boots('cold', 'failed')], [0, 1]);
  const took = 'anweddol_boot_duration_seconds';
  assert.equal(await oneValue(registry, `${took}_sum`, { ...labels, start: 'warm' }), 7);
  assert.equal(await oneValue(registry, `${took}_bucket`, { ...labels, start: 'warm', le: '5' }), 0);
  assert.equal(await oneValue(registry, `${took}_bucket`, { ...labels, start: 'warm', le: '10' }), 1);
});

test('what was counted stays when a server is made known again', async () => {
  const { registry, metrics } = given();
  metrics.known(LAB);
  metrics.containerEnded(LAB, 'Finished');
  metrics.known(LAB);
  assert.equal(await oneValue(registry, 'anweddol_containers_ended_total', { ...labels, reason: 'Finished' }), 1);
});

test('nothing is left of a server that is gone, whatever comes after', async () => {
  const { registry, metrics } = given();
  metrics.known(LAB);
  metrics.bootSucceeded(LAB, 'warm', 7);
  metrics.gone(LAB);
  metrics.bootSucceeded(LAB, 'warm', 7);
  metrics.bootFailed(LAB, 'warm');
  metrics.containerEnded(LAB, 'Orphaned');
  assert.deepEqual(
    (await samplesOf(registry)).filter((sample) => 'server' in sample.labels),
    [],
  );
  assert.equal(await oneValue(registry, 'anweddol_containers_ended_total', { reason: 'Orphaned' }), 1);
});
