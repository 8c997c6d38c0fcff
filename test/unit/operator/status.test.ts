import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LABEL_STATE } from '../../../src/api/names.ts';
import type { Deployment, Service } from '../../../src/kube/resources.ts';
import { addressFinding } from '../../../src/operator/desired/address.ts';
import type { Facts } from '../../../src/operator/observe.ts';
import { platformAbsent, platformTakes } from '../../../src/operator/platform/platform-finding.ts';
import { invalidStatus, serverStatus } from '../../../src/operator/status.ts';
import { sampleMachine } from '../../support/sample-machine.ts';
import { sampleServer } from '../../support/sample-server.ts';

const DIGEST = 'ab'.repeat(32);
const deployment = {
  metadata: { generation: 1 },
  spec: { replicas: 2 },
  status: { observedGeneration: 1, replicas: 2, readyReplicas: 2, updatedReplicas: 2 },
} as Deployment;
const service = {
  spec: { type: 'LoadBalancer' },
  status: { loadBalancer: { ingress: [{ ip: '192.0.2.1' }] } },
} as Service;
const good: Facts = {
  service,
  deployment,
  isoPod: undefined,
  iso: { status: 'True', reason: 'IsoVerified', message: '', sha256: DIGEST },
  platform: platformTakes('Terminate'),
  address: addressFinding(sampleServer(), service),
  key: { status: 'True', reason: 'KeyPresent', message: '', secretName: 'lab-key', sha256: 'ff' },
  machines: [],
};
const statusOf = (facts: Partial<Facts>, server = sampleServer(), now = 0) =>
  serverStatus(server, { ...good, ...facts }, now);
const condition = (facts: Partial<Facts>, type: string) =>
  statusOf(facts).conditions?.find((entry) => entry.type === type);

test('a server with pods, an ISO and an address is ready', () => {
  const status = statusOf({});
  assert.equal(status.phase, 'Ready');
  assert.deepEqual(status.address, { host: '192.0.2.1', port: 6150 });
  assert.equal(condition({}, 'Ready')?.status, 'True');
});

test('whatever is missing is the reason why it is not ready', () => {
  const cases: [Partial<Facts>, string][] = [
    [{ platform: platformAbsent() }, 'KubeVirtAbsent'],
    [{ iso: { status: 'False', reason: 'IsoUnavailable', message: '' } }, 'IsoUnavailable'],
    [{ address: addressFinding(sampleServer(), undefined) }, 'Waiting'],
    [{ key: { status: 'False', reason: 'KeyInvalid', message: '' } }, 'KeyInvalid'],
    [{ deployment: undefined }, 'NoPodReady'],
  ];
  for (const [facts, reason] of cases) {
    assert.deepEqual([condition(facts, 'Ready')?.status, condition(facts, 'Ready')?.reason], ['False', reason]);
  }
});

test('one pod of two is degraded, and still ready', () => {
  const half = { ...deployment, status: { ...deployment.status, readyReplicas: 1 } } as Deployment;
  assert.deepEqual(
    ['Ready', 'Degraded', 'Progressing'].map((type) => condition({ deployment: half }, type)?.status),
    ['True', 'True', 'True'],
  );
});

test('containers are counted as starting, warm, running or ending', () => {
  const ready = { labels: { [LABEL_STATE]: 'ready' } };
  const machines = [
    sampleMachine(),
    sampleMachine({ labels: { [LABEL_STATE]: 'booting' } }),
    sampleMachine({ labels: { [LABEL_STATE]: 'warm' } }),
    sampleMachine(ready),
    sampleMachine(ready),
    sampleMachine({ ...ready, deleted: true }),
  ];
  assert.deepEqual(statusOf({ machines }).containers, { starting: 2, warm: 1, running: 2, ending: 1, max: 6 });
});

test('a condition keeps its time while its status stays', () => {
  const first = statusOf({}, sampleServer(), 1000);
  const later = statusOf({}, { ...sampleServer(), status: first }, 9000);
  assert.deepEqual(later.conditions, first.conditions);
  const broken = statusOf({ platform: platformAbsent() }, { ...sampleServer(), status: first }, 9000);
  const times = Object.fromEntries(
    (broken.conditions ?? []).map((entry) => [entry.type, Date.parse(entry.lastTransitionTime)]),
  );
  assert.deepEqual([times.Ready, times.PlatformReady, times.IsoReady], [9000, 9000, 1000]);
});

test('a stored spec that this release does not know is reported, and what was known before is kept', () => {
  const before = { ...sampleServer(), status: statusOf({}) };
  const status = invalidStatus(before, 'spec.replicas: expected number', 9000);
  assert.deepEqual(
    status.conditions?.map(({ type, status, reason }) => [type, status, reason]),
    [['Ready', 'False', 'SpecInvalid']],
  );
  assert.deepEqual([status.phase, status.address?.port], ['Invalid', 6150]);
});
