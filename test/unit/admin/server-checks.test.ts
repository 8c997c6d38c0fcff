/** Each thing that may be wrong with a server is named by its check, and by no other. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { known } from '../../../src/admin/cluster/answer.ts';
import { policyNames } from '../../../src/admin/doctor/checks/address.ts';
import type { ClusterFacts } from '../../../src/admin/doctor/facts.ts';
import { REASONS } from '../../../src/api/reasons.ts';
import type { ObjectMeta } from '../../../src/kube/objects.ts';
import type { EndpointSlice, PodDisruptionBudget, VirtualMachineInstance } from '../../../src/kube/resources.ts';
import { networkPolicies } from '../../../src/operator/network/network-policies.ts';
import { sampleMachine } from '../../support/sample-machine.ts';
import { sampleServer } from '../../support/sample-server.ts';
import { before, complaints, condition, DIGEST, goodServer, healthyFacts, NOW } from './facts.ts';

const OTHER = 'cd'.repeat(32);

const server = (...change: Parameters<typeof goodServer>): Partial<ClusterFacts> => ({
  servers: known([goodServer(...change)]),
});
const conditions = (...changed: ReturnType<typeof condition>[]) => ({
  conditions: [condition('Ready', 'True', 'Ready'), ...changed],
});
const key = (value: Parameters<typeof known>[0]): Partial<ClusterFacts> => ({
  keys: new Map([['anweddol/lab', known(value)]]) as ClusterFacts['keys'],
});

/** A container of `anweddol/lab` that lives as it should, at the time of the facts. */
function machine(change: { labels?: object; annotations?: object; status?: object; metadata?: object } = {}) {
  const vmi = sampleMachine({
    labels: { 'anweddol.io/state': 'ready', ...change.labels },
    annotations: {
      'anweddol.io/expires-at': before(-3_600_000),
      'anweddol.io/start-by': before(1_000),
      'anweddol.io/delivered-at': before(1_000),
      ...change.annotations,
    },
    status: { phase: 'Running', ...change.status },
  });
  return { ...vmi, metadata: { ...vmi.metadata, ...change.metadata } } as VirtualMachineInstance;
}

function slice(owner: string, metadata: object = {}): EndpointSlice {
  const ownerReferences = [
    { apiVersion: 'kubevirt.io/v1', kind: 'VirtualMachineInstance', name: 'lab-10000', uid: owner },
  ];
  const labels = { 'anweddol.io/server': 'lab' };
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { namespace: 'anweddol', name: 'lab-10000', labels, ownerReferences, ...metadata },
    addressType: 'IPv4',
    endpoints: [],
  };
}

function budget(status: object): PodDisruptionBudget {
  const { budgets } = healthyFacts();
  const [one] = budgets.is === 'known' ? budgets.value : [];
  return { ...one, status } as PodDisruptionBudget;
}

const quota = (hard: object, used: object, namespace = 'anweddol') => ({
  apiVersion: 'v1',
  kind: 'ResourceQuota',
  metadata: { namespace, name: 'small' },
  status: { hard: { ...hard }, used: { ...used } },
});

const BROKEN: [what: string, facts: Partial<ClusterFacts>, check: string, result: string, found: RegExp][] = [
  [
    'an ISO with another digest',
    server({ status: conditions(condition('IsoReady', 'False', 'IsoDigestMismatch', 'it has 00')) }),
    'server-condition',
    'failed',
    /IsoReady is False, IsoDigestMismatch: The ISO has another SHA-256 .*it has 00/,
  ],
  [
    'a pool that can not be filled',
    server({ status: conditions(condition('PoolReady', 'False', 'PoolUnschedulable')) }),
    'server-condition',
    'warning',
    /No node has room/,
  ],
  [
    'a server that is degraded',
    server({ status: conditions(condition('Degraded', 'True', 'KeyMissing')) }),
    'server-condition',
    'warning',
    /Degraded is True, KeyMissing/,
  ],
  [
    'a server that was scaled to zero',
    server({ status: { conditions: [condition('Ready', 'False', 'ScaledToZero')] } }),
    'server-condition',
    'warning',
    /as replicas asks for/,
  ],
  [
    'software emulation',
    server({ status: conditions(condition('PlatformReady', 'True', 'SoftwareEmulation')) }),
    'server-condition',
    'warning',
    /PlatformReady is True, SoftwareEmulation/,
  ],
  [
    'a condition that nobody knows the state of',
    server({ status: conditions(condition('PlatformReady', 'Unknown', 'KubeVirtSilent')) }),
    'server-condition',
    'warning',
    /does not answer/,
  ],
  [
    'a reason of a later release',
    server({ status: conditions(condition('IsoReady', 'False', 'constructor', 'news')) }),
    'server-condition',
    'failed',
    /IsoReady is False, constructor: .*news/,
  ],
  ['a server that no operator looks at', server({ status: { conditions: [] } }), 'server-observed', 'failed', /in 1d/],
  [
    'a change that no operator has seen',
    server({ metadata: { generation: 2 } }),
    'server-observed',
    'warning',
    /generation 1 .* at 2/,
  ],
  ['a paused server', server({ spec: { paused: true } }), 'server-paused', 'warning', /paused/],
  ['no Service', { services: known([]) }, 'server-address', 'failed', /not there/],
  [
    'no load balancer',
    server({ status: { address: undefined } }),
    'server-address',
    'failed',
    /type LoadBalancer has no address/,
  ],
  [
    'a port that nobody answers at',
    { dialled: new Map([['anweddol/lab', { connected: false, why: 'connection refused.' }]]) },
    'server-dial',
    'failed',
    /connection refused/,
  ],
  ['no NetworkPolicies', { policies: known([]) }, 'server-policies', 'failed', /lab-server, lab-containers/],
  ['no ISO', server({ status: { iso: undefined } }), 'server-iso', 'failed', /No ISO/],
  ['no key', server({ status: { publicKey: undefined } }), 'server-key', 'failed', /no key/],
  ['a key Secret that is gone', key(undefined), 'server-key', 'failed', /Secret lab-key with its key is missing/],
  [
    'another key in the Secret',
    key({ sha256: OTHER }),
    'server-key',
    'warning',
    new RegExp(`holds the key SHA256 ${OTHER}`),
  ],
  [
    'a certificate that has expired',
    server({ status: { certificates: { tls: { notAfter: before(1_000) } } } }),
    'server-certificate',
    'failed',
    /for tls expired/,
  ],
  [
    'a certificate that expires soon',
    server({ status: { certificates: { web: { notAfter: before(-86_400_000) } } } }),
    'server-certificate',
    'warning',
    /for web expires in 1d/,
  ],
  [
    'a container past its lifetime',
    { machines: known([machine({ annotations: { 'anweddol.io/expires-at': before(120_000) } })]) },
    'containers-overdue',
    'failed',
    /lab-10000 \(Expired\)/,
  ],
  [
    'a container that does not go',
    { machines: known([machine({ metadata: { deletionTimestamp: before(600_000), finalizers: ['foreground'] } })]) },
    'containers-terminating',
    'failed',
    /for 10m, foreground/,
  ],
  [
    'a container of a server that is gone',
    { machines: known([machine({ labels: { 'anweddol.io/server': 'gone' } })]) },
    'containers-orphaned',
    'warning',
    /anweddol\/lab-10000/,
  ],
  [
    'a container of a server that was made anew',
    {
      machines: known([
        machine({
          metadata: {
            ownerReferences: [{ apiVersion: 'anweddol.io/v1alpha1', kind: 'AnweddolServer', name: 'lab', uid: 'old' }],
          },
        }),
      ]),
    },
    'containers-orphaned',
    'warning',
    /anweddol\/lab-10000/,
  ],
  [
    'a way in to a container that is gone',
    { slices: known([slice('gone')]) },
    'slices-orphaned',
    'warning',
    /lead to containers that are gone/,
  ],
  [
    'a way in of a server that is gone',
    {
      machines: known([machine()]),
      slices: known([slice('machine-uid', { labels: { 'anweddol.io/server': 'gone' } })]),
    },
    'slices-orphaned',
    'warning',
    /servers of 1 EndpointSlices are gone/,
  ],
  [
    'a budget that stops a drain',
    { budgets: known([budget({ disruptionsAllowed: 0, expectedPods: 2, currentHealthy: 1, desiredHealthy: 1 })]) },
    'disruption-budget',
    'warning',
    /1 of 2 are healthy/,
  ],
  [
    'a quota that is nearly used up',
    { quotas: known([quota({ 'requests.memory': '10Gi', pods: '10' }, { 'requests.memory': '9500Mi', pods: '3' })]) },
    'resource-quota',
    'warning',
    /: requests\.memory \(9500Mi of 10Gi\)\./,
  ],
];

for (const [what, facts, check, result, found] of BROKEN) {
  test(`${what}: ${check} says ${result}`, () => {
    const [finding, ...others] = complaints(facts);
    assert.deepEqual([finding?.check, finding?.result], [check, result]);
    assert.match(finding?.found ?? '', found);
    assert.ok(finding?.remedy, 'what is to be done');
    assert.deepEqual(others, []);
  });
}

test('a key that is spoilt says itself what is to be done', () => {
  const [finding, ...others] = complaints(
    key({ fault: 'private.pem in Secret lab-key has 1024 bits: put another there' }),
  );
  assert.deepEqual([finding?.check, finding?.result, others], ['server-key', 'failed', []]);
  assert.match(finding?.found ?? '', /put another there/);
});

test('without the right to read its Secret, the key is what the status says', () => {
  const [finding, ...others] = complaints({ keys: new Map([['anweddol/lab', { is: 'hidden', why: 'no right' }]]) });
  assert.deepEqual([finding?.check, finding?.result, others], ['server-key', 'unknown', []]);
  assert.match(finding?.found ?? '', new RegExp(`By its status the key is SHA256 ${DIGEST}`));
});

test('a condition that is as it should be, and every remedy of the registry, is told under its reason', () => {
  for (const [reason, { means, remedy }] of Object.entries(REASONS)) {
    const [finding] = complaints(server({ status: conditions(condition('KeyReady', 'False', reason)) }));
    assert.equal(finding?.reason, reason);
    assert.ok(finding.found.includes(means));
    assert.equal(finding.remedy, remedy);
  }
});

test('a container whose system has ended is overdue a minute later', () => {
  const ended = (ms: number) =>
    machine({
      status: {
        phase: 'Succeeded',
        phaseTransitionTimestamps: [{ phase: 'Succeeded', phaseTransitionTimestamp: before(ms) }],
      },
    });
  assert.deepEqual(complaints({ machines: known([ended(10_000)]) }), []);
  const [late] = complaints({ machines: known([ended(90_000)]) });
  assert.equal(late?.check, 'containers-overdue');
  assert.match(late?.found ?? '', /lab-10000 \(Finished\)/);
});

test('that the version of KubeVirt may not be seen is no complaint', () => {
  const unseen = conditions(condition('PlatformReady', 'True', 'KubeVirtVersionUnknown'));
  assert.deepEqual(complaints(server({ status: unseen })), []);
});

test('objects of another server that had the same name are none of this one', () => {
  const { services, policies } = healthyFacts();
  const foreign = <T extends { metadata: ObjectMeta }>(objects: T[]) =>
    objects.map((object) => ({ ...object, metadata: { ...object.metadata, ownerReferences: [] } }));
  assert.ok(services.is === 'known' && policies.is === 'known');
  const found = complaints({
    services: known(foreign(services.value)),
    policies: known(foreign(policies.value)),
  });
  assert.deepEqual(
    found.map(({ check, result }) => [check, result]),
    [
      ['server-address', 'failed'],
      ['server-policies', 'failed'],
    ],
  );
});

test('containers that live as they should are counted, and nothing else', () => {
  const minute = 30_000;
  const machines = [
    machine(),
    machine({ annotations: { 'anweddol.io/expires-at': before(minute) } }),
    machine({ metadata: { deletionTimestamp: before(minute) } }),
  ];
  assert.deepEqual(complaints({ machines: known(machines), slices: known([slice('machine-uid')]) }), []);
});

test('of servers that are being deleted, and of namespaces without one, nothing is said', () => {
  const going = goodServer({
    status: { conditions: [] },
    metadata: { deletionTimestamp: new Date(NOW).toISOString() },
  });
  assert.deepEqual(complaints({ servers: known([going]) }), []);
  assert.deepEqual(complaints({ quotas: known([quota({ pods: '1' }, { pods: '1' }, 'elsewhere')]) }), []);
});

test('the names of policies are those that the operator gives them', () => {
  const networks = { configured: [], pods: [], nodes: [], dns: [], apiServer: { service: [], endpoints: [] } };
  assert.deepEqual(
    networkPolicies(sampleServer(), networks).map(({ metadata }) => metadata.name),
    policyNames(sampleServer()),
  );
});
