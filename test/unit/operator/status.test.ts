import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LABEL_STATE } from '../../../src/api/names.ts';
import type { Deployment, Pod, Service } from '../../../src/kube/resources.ts';
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
  pods: [],
  isoPod: undefined,
  iso: { status: 'True', reason: 'IsoVerified', message: '', sha256: DIGEST },
  platform: platformTakes('Terminate'),
  address: addressFinding(sampleServer(), service, 0),
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
    [{ address: addressFinding(sampleServer(), undefined, 0) }, 'Waiting'],
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

test('what is refused is why what comes of it is missing, and keeps nothing that works from being ready', () => {
  const refused = { status: 'False', reason: 'ObjectRefused', message: 'Deployment lab-server was refused' } as const;
  const told = (facts: object) => {
    const { conditions = [] } = serverStatus(sampleServer(), { ...good, ...facts, refused }, 0);
    return ['Ready', 'Progressing', 'Degraded'].map((wanted) => {
      const { status, reason } = conditions.find(({ type }) => type === wanted) ?? {};
      return `${status} ${reason}`;
    });
  };
  const [progressing, degraded] = ['False ObjectRefused', 'True ObjectRefused'];
  assert.deepEqual(told({ deployment: undefined }), ['False ObjectRefused', progressing, degraded]);
  assert.deepEqual(told({}), ['True Ready', progressing, degraded]);
});

test('pods that the cluster will not make are told with its words', () => {
  const conditions = [{ type: 'ReplicaFailure', status: 'True', message: 'exceeded quota: pods' }];
  const none = { ...deployment, status: { ...deployment.status, readyReplicas: 0, conditions } } as Deployment;
  assert.deepEqual(
    ['Ready', 'Degraded'].map((type) => condition({ deployment: none }, type)?.status),
    ['False', 'True'],
  );
  assert.match(condition({ deployment: none }, 'Ready')?.message ?? '', /0 of 2 .*: exceeded quota: pods/);
});

const unpullable = {
  metadata: {},
  spec: { containers: [{ name: 'server', image: 'server:2' }] },
  status: { containerStatuses: [{ name: 'server', state: { waiting: { reason: 'ErrImagePull' } } }] },
} as Pod;

test('pods that will not be ready are told with what keeps them', () => {
  const none = { ...deployment, status: { ...deployment.status, readyReplicas: 0 } } as Deployment;
  const { status, reason, message = '' } = condition({ deployment: none, pods: [unpullable] }, 'Ready') ?? {};
  assert.deepEqual([status, reason], ['False', 'NoPodReady']);
  assert.match(message, /^0 of 2 server pods are ready: image server:2 can't be pulled/);
});

test('a change whose pods will not be ready is degraded, while those before it serve', () => {
  const { status, reason, message = '' } = condition({ pods: [unpullable] }, 'Degraded') ?? {};
  assert.deepEqual([status, reason], ['True', 'PodsMissing']);
  assert.match(message, /^2 of 2 server pods are ready, but not all of the latest change: image server:2/);
  assert.equal(condition({ pods: [unpullable] }, 'Ready')?.status, 'True');
  const starting = { ...unpullable, status: { phase: 'Pending' } } as Pod;
  assert.deepEqual(condition({ pods: [starting] }, 'Degraded')?.status, 'False');
});

test('a platform that has no room is degraded, and clients can still connect', () => {
  const platform = { ...platformTakes('Terminate'), status: 'False', reason: 'QuotaExceeded' } as const;
  assert.deepEqual(
    ['Ready', 'Degraded', 'PlatformReady'].map((type) => condition({ platform }, type)?.status),
    ['True', 'True', 'False'],
  );
});
