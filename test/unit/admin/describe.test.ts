/** What `anwdl status` makes of what it reads. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { known } from '../../../src/admin/cluster/answer.ts';
import { describe } from '../../../src/admin/status/describe.ts';
import { statusText } from '../../../src/admin/status/print-status.ts';
import type { StatusFacts } from '../../../src/admin/status/read-status.ts';
import type { Event, Pod } from '../../../src/kube/resources.ts';
import { sampleMachine } from '../../support/sample-machine.ts';
import { before, condition, goodServer, HIDDEN, NOW } from './facts.ts';

function pod(name: string, status: object, metadata: object = {}): Pod {
  const described = { name, creationTimestamp: before(3_600_000), ...metadata };
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: described,
    spec: { containers: [], nodeName: 'one' },
    status,
  } as Pod;
}

function event(kind: string, name: string, more: object = {}): Event {
  return {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { name: `${name}.1` },
    regarding: { kind, name },
    type: 'Normal',
    reason: 'Expired',
    note: 'its lifetime is over',
    eventTime: before(60_000),
    ...more,
  } as Event;
}

const ready = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
const pulling = {
  phase: 'Pending',
  containerStatuses: [{ restartCount: 2, state: { waiting: { reason: 'ImagePullBackOff' } } }],
};

function claimed(port: number, change: Parameters<typeof sampleMachine>[0] = {}) {
  const machine = sampleMachine({
    labels: { 'anweddol.io/state': 'ready' },
    status: { phase: 'Running', nodeName: 'one' },
    ...change,
    annotations: {
      'anweddol.io/listen-port': String(port),
      'anweddol.io/client-id': '0123456789abcdef',
      'anweddol.io/expires-at': before(-7_200_000),
      ...change.annotations,
    },
  });
  return { ...machine, metadata: { ...machine.metadata, name: `lab-${port}`, creationTimestamp: before(600_000) } };
}

function facts(change: Partial<StatusFacts> = {}): StatusFacts {
  return {
    server: goodServer(),
    pods: known([pod('lab-server-a', ready), pod('lab-server-b', pulling)]),
    machines: known([claimed(10_001), claimed(10_000, { labels: { 'anweddol.io/state': 'warm' } })]),
    events: known([]),
    ...change,
  };
}

test('a container is told by its slot, state, node and times, and by the start of its client’s id', () => {
  const { containers = [] } = describe(facts());
  assert.deepEqual(
    containers.map(({ port }) => port),
    [10_000, 10_001],
  );
  assert.deepEqual(containers[1], {
    name: 'lab-10001',
    port: 10_001,
    state: 'ready',
    phase: 'Running',
    created: before(600_000),
    claimed: '1970-01-01T00:00:00.000Z',
    expires: before(-7_200_000),
    node: 'one',
    client: '01234567',
  });
});

test('neither a token’s digest nor anything else of a container that is secret is told', () => {
  const report = JSON.stringify(describe(facts()));
  assert.ok(!report.includes('cd'.repeat(32)));
  assert.ok(!report.includes('0123456789'));
});

test('a container that ends is told as such', () => {
  const { containers } = describe(facts({ machines: known([claimed(10_000, { deleted: true })]) }));
  assert.equal(containers?.[0]?.state, 'ending');
});

test('warm containers are counted as they are, beside how many are wanted', () => {
  const server = goodServer();
  server.spec.containers.warm = 3;
  const { warm, slots } = describe(facts({ server }));
  assert.deepEqual(warm, { is: 1, wanted: 3 });
  assert.deepEqual(slots, { taken: 2, max: server.spec.containers.maxRunning });
});

test('a pod is told with what keeps it from running', () => {
  const { pods = [] } = describe(facts());
  assert.deepEqual(
    pods.map(({ state, ready, restarts }) => [state, ready, restarts]),
    [
      ['Running', true, 0],
      ['ImagePullBackOff', false, 2],
    ],
  );
});

test('of Events those of the server, its containers and its pods are told, the last ten, the newest first', () => {
  const events = [
    event('AnweddolServer', 'lab', { note: 'oldest', eventTime: before(900_000) }),
    event('AnweddolServer', 'lab', {
      note: 'again',
      eventTime: before(800_000),
      series: { count: 4, lastObservedTime: before(1_000) },
    }),
    event('VirtualMachineInstance', 'lab-10000'),
    event('Pod', 'lab-server-b', {
      type: 'Warning',
      eventTime: null,
      deprecatedLastTimestamp: before(30_000),
      deprecatedCount: 7,
    }),
    event('AnweddolServer', 'lab-two'),
    event('VirtualMachineInstance', 'lab-two-10000'),
    event('VirtualMachineInstance', 'lab-x'),
    event('Pod', 'other-server-a'),
  ];
  const told = describe(facts({ events: known(events) })).events ?? [];
  assert.deepEqual(
    told.map(({ about, count }) => [about, count]),
    [
      ['AnweddolServer/lab', 4],
      ['Pod/lab-server-b', 7],
      ['VirtualMachineInstance/lab-10000', 1],
      ['AnweddolServer/lab', 1],
    ],
  );
  const many = Array.from({ length: 30 }, () => event('AnweddolServer', 'lab'));
  assert.equal(describe(facts({ events: known(many) })).events?.length, 10);
});

test('what may not be looked at is absent, and said to be', () => {
  const report = describe(facts({ pods: HIDDEN, machines: HIDDEN, events: HIDDEN }));
  assert.deepEqual([report.pods, report.containers, report.events], [undefined, undefined, undefined]);
  assert.deepEqual(report.hidden, [
    'the pods: nodes is forbidden',
    'the containers: nodes is forbidden',
    'the Events: nodes is forbidden',
  ]);
});

test('the text fits 80 columns', () => {
  const server = goodServer({
    status: { conditions: [condition('Ready', 'False', 'NoPodReady', '0 of 2 server pods are ready')] },
  });
  const events = known([event('VirtualMachineInstance', 'lab-10000')]);
  assert.equal(
    statusText(describe(facts({ server, events })), 80, NOW),
    `server      anweddol/lab
phase       Ready
address     192.0.2.7 port 6150
key         SHA256:q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urq6s
ISO SHA-256 abababababababababababababababababababababababababababababababab
slots       2 of 6 taken, 1 of 0 warm

Conditions
  Ready False NoPodReady: 0 of 2 server pods are ready

Pods
  NAME          READY  STATE             RESTARTS  AGE  NODE
  lab-server-a  yes    Running           0         1h   one
  lab-server-b  no     ImagePullBackOff  2         1h   one

Containers
  PORT   STATE  MACHINE  AGE  LEFT  CLIENT    NODE
  10000  warm   Running  10m  2h    01234567  one
  10001  ready  Running  10m  2h    01234567  one

Events
  1m ago: Expired VirtualMachineInstance/lab-10000: its lifetime is over
`,
  );
});

test('what others wrote can not disturb the terminal, however long it is', () => {
  const hostile = `\x1b[2J\u009b31m\u202e\n${'x'.repeat(5_000)}`;
  const server = goodServer({
    status: { phase: hostile, conditions: [condition('Ready', 'False', hostile, hostile)] },
  });
  const machine = claimed(10_000, {
    status: { phase: hostile, nodeName: hostile },
    annotations: { 'anweddol.io/client-id': '\x1b[2J' },
  });
  const events = known([event('AnweddolServer', 'lab', { reason: hostile, note: hostile })]);
  const pods = known([pod(hostile, { reason: hostile })]);
  const text = statusText(describe({ server, pods, machines: known([machine]), events }), 80, NOW);
  for (const line of text.split('\n'))
    assert.ok(line.length <= 80 && !/[\p{Cc}\p{Cf}]/u.test(line), JSON.stringify(line));
});
