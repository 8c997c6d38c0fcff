import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Registry } from 'prom-client';
import { serverMetrics } from '../../../src/observability/metrics/server-metrics.ts';
import { noServerMetrics, type ServerGauges } from '../../../src/server/server-metrics.ts';
import { VIRTUALIZATION_ERROR_CODES } from '../../../src/virtualization/errors.ts';
import { parseExposition, type Sample } from './exposition.ts';

function given() {
  const registry = new Registry();
  return { registry, metrics: serverMetrics(registry) };
}

async function samplesOf(registry: Registry): Promise<Sample[]> {
  return [...parseExposition(await registry.metrics()).values()].flatMap(({ samples }) => samples);
}

/** The one value of exactly these labels. */
async function value(registry: Registry, name: string, labels: Record<string, string> = {}): Promise<number> {
  const wanted = JSON.stringify(Object.entries(labels).sort());
  const found = (await samplesOf(registry)).filter(
    (sample) =>
      sample.name === `anweddol_server_${name}` && JSON.stringify(Object.entries(sample.labels).sort()) === wanted,
  );
  assert.equal(found.length, 1, `${found.length} of ${name} ${wanted}`);
  return found[0]?.value ?? Number.NaN;
}

const gauges: ServerGauges = {
  openConnections: () => 7,
  waitingConnections: () => 5,
  keyQueueLength: () => 3,
  availableContainers: () => 2,
  runtimeErrors: () => 4,
};

test('every name begins with the server’s prefix, and what is measured ends in its unit', async () => {
  const { registry } = given();
  const families = parseExposition(await registry.metrics());
  assert.deepEqual([...families].map(([name, { type }]) => `${name} ${type}`).sort(), [
    'anweddol_server_available_containers gauge',
    'anweddol_server_connections_closed_total counter',
    'anweddol_server_connections_opened_total counter',
    'anweddol_server_create_duration_seconds histogram',
    'anweddol_server_creates_total counter',
    'anweddol_server_handshakes_total counter',
    'anweddol_server_key_queue_length gauge',
    'anweddol_server_open_connections gauge',
    'anweddol_server_phase_duration_seconds histogram',
    'anweddol_server_refused_total counter',
    'anweddol_server_request_duration_seconds histogram',
    'anweddol_server_requests_total counter',
    'anweddol_server_runtime_errors_total counter',
    'anweddol_server_waiting_connections gauge',
  ]);
});

test('what has not happened yet is counted as 0 from the start, under every label that it can have', async () => {
  const samples = await samplesOf(given().registry);
  assert.deepEqual(
    samples.filter((sample) => sample.value !== 0),
    [],
  );
  const series = (name: string) => samples.filter((sample) => sample.name === `anweddol_server_${name}`).length;
  assert.equal(series('connections_opened_total'), 3);
  assert.equal(series('connections_closed_total'), 3);
  assert.equal(series('handshakes_total'), 4 * 4);
  assert.equal(series('refused_total'), 6);
  assert.equal(series('phase_duration_seconds_count'), 5);
  assert.equal(series('requests_total'), 4 * 8);
  assert.equal(series('request_duration_seconds_count'), 4);
  assert.equal(series('creates_total'), (3 + VIRTUALIZATION_ERROR_CODES.length) * 2);
  assert.equal(series('create_duration_seconds_count'), 2);
});

test('connections are counted by transport, handshakes by generation and outcome, refusals by reason', async () => {
  const { registry, metrics } = given();
  metrics.connectionOpened('tls');
  metrics.connectionOpened('tls');
  metrics.connectionClosed('tls');
  metrics.handshakeEnded(2, 'completed');
  metrics.handshakeEnded(undefined, 'timedOut');
  metrics.refused('evicted');
  assert.equal(await value(registry, 'connections_opened_total', { transport: 'tls' }), 2);
  assert.equal(await value(registry, 'connections_opened_total', { transport: 'plain' }), 0);
  assert.equal(await value(registry, 'connections_closed_total', { transport: 'tls' }), 1);
  assert.equal(await value(registry, 'handshakes_total', { generation: '2', outcome: 'completed' }), 1);
  assert.equal(await value(registry, 'handshakes_total', { generation: 'unknown', outcome: 'timedOut' }), 1);
  assert.equal(await value(registry, 'refused_total', { reason: 'evicted' }), 1);
});

test('durations come in milliseconds and are told in seconds', async () => {
  const { registry, metrics } = given();
  metrics.phaseTook('sessionKeys', 25);
  metrics.requestAnswered('CREATE', 'OK', 4_500);
  assert.equal(await value(registry, 'phase_duration_seconds_sum', { phase: 'sessionKeys' }), 0.025);
  assert.equal(await value(registry, 'phase_duration_seconds_bucket', { phase: 'sessionKeys', le: '0.025' }), 1);
  assert.equal(await value(registry, 'phase_duration_seconds_bucket', { phase: 'sessionKeys', le: '0.01' }), 0);
  assert.equal(await value(registry, 'request_duration_seconds_sum', { verb: 'CREATE' }), 4.5);
  assert.equal(await value(registry, 'request_duration_seconds_bucket', { verb: 'CREATE', le: '5' }), 1);
});

test('requests are counted by verb and answer, and answers that are not the protocol’s as one', async () => {
  const { registry, metrics } = given();
  metrics.requestAnswered('STAT', 'OK', 1);
  metrics.requestAnswered('other', 'Bad request', 1);
  metrics.requestAnswered('CREATE', 'none', 1);
  for (let number = 0; number < 100; number += 1) metrics.requestAnswered('STAT', `took ${number} ms`, 1);
  assert.equal(await value(registry, 'requests_total', { verb: 'STAT', answer: 'OK' }), 1);
  assert.equal(await value(registry, 'requests_total', { verb: 'other', answer: 'Bad request' }), 1);
  assert.equal(await value(registry, 'requests_total', { verb: 'CREATE', answer: 'none' }), 1);
  assert.equal(await value(registry, 'requests_total', { verb: 'STAT', answer: 'other' }), 100);
  const series = (await samplesOf(registry)).filter(({ name }) => name === 'anweddol_server_requests_total');
  assert.equal(series.length, 4 * 8);
});

test('CREATEs are counted by outcome and start, and timed when they gave a container', async () => {
  const { registry, metrics } = given();
  metrics.createEnded('Delivered', 'warm', 250);
  metrics.createEnded('NoFreeSlot', 'cold', 9_000);
  assert.equal(await value(registry, 'creates_total', { outcome: 'Delivered', start: 'warm' }), 1);
  assert.equal(await value(registry, 'creates_total', { outcome: 'NoFreeSlot', start: 'cold' }), 1);
  assert.equal(await value(registry, 'create_duration_seconds_sum', { start: 'warm' }), 0.25);
  assert.equal(await value(registry, 'create_duration_seconds_count', { start: 'cold' }), 0);
});

test('a server is asked when metrics are read, each time anew', async () => {
  const { registry, metrics } = given();
  let errors = 4;
  let open = 7;
  metrics.observe({ ...gauges, openConnections: () => open, runtimeErrors: () => errors });
  const read = async () => [
    await value(registry, 'open_connections'),
    await value(registry, 'waiting_connections'),
    await value(registry, 'key_queue_length'),
    await value(registry, 'available_containers'),
    await value(registry, 'runtime_errors_total'),
  ];
  assert.deepEqual(await read(), [7, 5, 3, 2, 4]);
  [open, errors] = [0, 5];
  assert.deepEqual(await read(), [0, 5, 3, 2, 5]);
});

test('a server whose numbers nobody asks for can tell them all the same', () => {
  const told = [
    noServerMetrics.connectionOpened('http'),
    noServerMetrics.connectionClosed('http'),
    noServerMetrics.handshakeEnded(1, 'failed'),
    noServerMetrics.phaseTook('request', 1),
    noServerMetrics.refused('capacity'),
    noServerMetrics.requestAnswered('STAT', 'OK', 1),
    noServerMetrics.createEnded('Delivered', 'cold', 1),
  ];
  assert.deepEqual(new Set(told), new Set([undefined]));
});
