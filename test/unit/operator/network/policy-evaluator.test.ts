import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { NetworkPolicy } from '../../../../src/kube/resources.ts';
import { type Connection, mayConnect } from '../../../support/policy-evaluator/may-connect.ts';
import type { PolicyPod, Spec } from '../../../support/policy-evaluator/world.ts';

/** The cluster of the examples in the Kubernetes documentation. */
const namespaces = [{ name: 'default' }, { name: 'mine', labels: { project: 'myproject' } }, { name: 'other' }];
const pod = (namespace: string, labels: Record<string, string>, ip: string): PolicyPod => ({ namespace, labels, ip });
const db = { ...pod('default', { role: 'db' }, '10.0.1.1'), ports: [{ name: 'redis', port: 6379 }] };
const frontend = pod('default', { role: 'frontend' }, '10.0.1.2');
const stranger = pod('default', { role: 'stranger' }, '10.0.1.3');
const fromProject = pod('mine', { role: 'stranger' }, '10.0.2.1');
const fromOther = pod('other', { role: 'frontend' }, '10.0.3.1');

const policy = (spec: Spec, name = 'p'): NetworkPolicy => ({
  apiVersion: 'networking.k8s.io/v1',
  kind: 'NetworkPolicy',
  metadata: { name, namespace: 'default' },
  spec,
});
const asker =
  (...policies: NetworkPolicy[]) =>
  (from: Connection['from'], to: Connection['to'], port = 6379, protocol = 'TCP') =>
    mayConnect({ namespaces, policies }, { from, to, port, protocol });

const DB = { podSelector: { matchLabels: { role: 'db' } } };

/** The example `test-network-policy` of the documentation. */
const example = policy({
  ...DB,
  policyTypes: ['Ingress', 'Egress'],
  ingress: [
    {
      from: [
        { ipBlock: { cidr: '172.17.0.0/16', except: ['172.17.1.0/24'] } },
        { namespaceSelector: { matchLabels: { project: 'myproject' } } },
        { podSelector: { matchLabels: { role: 'frontend' } } },
      ],
      ports: [{ protocol: 'TCP', port: 6379 }],
    },
  ],
  egress: [{ to: [{ ipBlock: { cidr: '10.0.0.0/24' } }], ports: [{ protocol: 'TCP', port: 5978 }] }],
});

test('without a policy that selects a pod, everything is open', () => {
  const may = asker(policy({ podSelector: { matchLabels: { role: 'nobody' } }, policyTypes: ['Ingress', 'Egress'] }));
  assert.ok(may(stranger, db) && may(db, '198.51.100.7', 53, 'UDP') && may('198.51.100.7', db));
});

test('a selected pod is reached by the named peers only, on the named port only', () => {
  const may = asker(example);
  assert.deepEqual(
    [frontend, fromProject, '172.17.2.5', stranger, fromOther, '172.17.1.5', '172.18.0.1'].map((from) => may(from, db)),
    [true, true, true, false, false, false, false],
  );
  assert.deepEqual([may(frontend, db, 6380), may(frontend, db, 6379, 'UDP')], [false, false]);
});

test('a selected pod reaches the named peers only', () => {
  const may = asker(example);
  assert.deepEqual(
    [may(db, '10.0.0.9', 5978), may(db, '10.0.0.9', 80), may(db, '10.0.9.9', 5978), may(db, frontend, 5978)],
    [true, false, false, false],
  );
});

test('both ends must agree to a connection', () => {
  const silent = policy({ podSelector: { matchLabels: { role: 'frontend' } }, policyTypes: ['Egress'] }, 'silent');
  assert.equal(asker(example, silent)(frontend, db), false);
});

test('an ingress policy without a rule closes what comes in, and nothing else', () => {
  const may = asker(policy(DB));
  assert.deepEqual([may(frontend, db), may(db, frontend)], [false, true]);
  const closed = asker(policy({ ...DB, policyTypes: ['Egress'] }));
  assert.deepEqual([closed(frontend, db), closed(db, frontend)], [true, false]);
});

test('a policy that names no types is about what goes out where it has a rule for that', () => {
  const may = asker(policy({ ...DB, egress: [{ ports: [{ port: 80 }] }] }));
  assert.deepEqual([may(db, frontend, 80), may(db, frontend, 81), may(frontend, db)], [true, false, false]);
});

test('an empty rule allows all, and so does a rule without peers for its ports', () => {
  assert.ok(asker(policy({ ...DB, ingress: [{}] }))('198.51.100.7', db, 1, 'SCTP'));
  const may = asker(policy({ ...DB, ingress: [{ from: [], ports: [{ port: 6379 }] }] }));
  assert.deepEqual([may(stranger, db), may(stranger, db, 22)], [true, false]);
});

test('policies add up', () => {
  const strangers = policy({ ...DB, ingress: [{ from: [{ podSelector: { matchLabels: { role: 'stranger' } } }] }] });
  const may = asker(example, strangers);
  assert.ok(may(stranger, db, 22) && may(frontend, db));
});

test('selectors of one peer must both hold, those of two peers either', () => {
  const namespaceSelector = { matchLabels: { project: 'myproject' } };
  const podSelector = { matchLabels: { role: 'frontend' } };
  const both = asker(policy({ ...DB, ingress: [{ from: [{ namespaceSelector, podSelector }] }] }));
  assert.deepEqual([both(fromProject, db), both(frontend, db)], [false, false]);
  const either = asker(policy({ ...DB, ingress: [{ from: [{ namespaceSelector }, { podSelector }] }] }));
  assert.deepEqual([either(fromProject, db), either(frontend, db), either(fromOther, db)], [true, true, false]);
});

test('an empty namespace selector means the pods of all namespaces, and no address outside', () => {
  const may = asker(policy({ ...DB, ingress: [{ from: [{ namespaceSelector: {} }] }] }));
  assert.deepEqual([may(fromOther, db), may('198.51.100.7', db)], [true, false]);
});

test('a namespace is known by its name, and expressions select as they do everywhere', () => {
  const matchExpressions = [
    { key: 'kubernetes.io/metadata.name', operator: 'In', values: ['mine', 'other'] },
    { key: 'project', operator: 'DoesNotExist' },
  ];
  const may = asker(policy({ ...DB, ingress: [{ from: [{ namespaceSelector: { matchExpressions } }] }] }));
  assert.deepEqual([may(fromOther, db), may(fromProject, db), may(frontend, db)], [true, false, false]);
});

test('a port may have a name, which the pod that is reached gives it, or be a range', () => {
  const named = asker(policy({ ...DB, ingress: [{ ports: [{ port: 'redis' }] }] }));
  assert.deepEqual([named(stranger, db), named(stranger, db, 80)], [true, false]);
  const range = asker(policy({ ...DB, ingress: [{ ports: [{ port: 80, endPort: 90 }] }] }));
  assert.deepEqual(
    [79, 80, 90, 91].map((port) => range(stranger, db, port)),
    [false, true, true, false],
  );
});

test('a policy reaches no pod of another namespace', () => {
  assert.ok(asker(policy({ podSelector: {} }))(stranger, fromOther));
});

test('blocks of addresses are of one family, and hold for pods too', () => {
  const may = asker(policy({ ...DB, ingress: [{ from: [{ ipBlock: { cidr: '::/0', except: ['fc00::/7'] } }] }] }));
  assert.deepEqual([may('2001:db8::1', db), may('fd00::1', db), may('198.51.100.7', db)], [true, false, false]);
  const pods = asker(policy({ ...DB, ingress: [{ from: [{ ipBlock: { cidr: '10.0.1.0/24' } }] }] }));
  assert.deepEqual([pods(stranger, db), pods(fromOther, db)], [true, false]);
});
