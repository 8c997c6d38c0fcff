import assert from 'node:assert/strict';
import { test } from 'node:test';
import { serviceSlices } from '../../../../src/embedded/controllers/endpoint-slices/service-slices.ts';
import type { Pod, Service } from '../../../../src/kube/resources.ts';

test('ready pods are endpoints, at the number of their named port; a name that no pod has is left out', () => {
  const [slice] = serviceSlices(service(), [pod('a', '10.244.1.1'), pod('b', '10.244.1.2', { ready: false })]);
  assert.deepEqual(slice?.ports, [{ name: 'anweddol', port: 6150, protocol: 'TCP' }]);
  assert.deepEqual(
    slice?.endpoints?.map(({ addresses, conditions }) => [addresses[0], conditions?.ready]),
    [
      ['10.244.1.1', true],
      ['10.244.1.2', false],
    ],
  );
  assert.equal(slice?.metadata.labels?.['kubernetes.io/service-name'], 'lab');
  assert.equal(slice?.metadata.labels?.['endpointslice.kubernetes.io/managed-by'], 'endpointslice-controller.k8s.io');
});

test('a pod that ends is an endpoint for those it serves, and for nobody new', () => {
  const ending = pod('ending', '10.244.1.1');
  ending.metadata.deletionTimestamp = '2026-01-01T00:00:00Z';
  const [slice] = serviceSlices(service(), [ending]);
  assert.deepEqual(slice?.endpoints?.[0]?.conditions, { ready: false, serving: true, terminating: true });
});

test('a pod that has ended, has no address or is not selected is no endpoint', () => {
  const ended = pod('ended', '10.244.1.2');
  ended.status = { ...ended.status, phase: 'Failed' };
  const other = pod('other', '10.244.1.3');
  other.metadata.labels = { app: 'other' };
  const slices = serviceSlices(service(), [ended, other, pod('new', '')]);
  assert.deepEqual(
    slices.map(({ endpoints, ports }) => [endpoints, ports]),
    [[[], []]],
  );
});

test('pods whose ports differ are in slices of their own', () => {
  const slices = serviceSlices(service(), [pod('a', '10.244.1.1'), pod('b', '10.244.1.2', { port: 7000 })]);
  assert.deepEqual(slices.map(({ ports }) => ports?.[0]?.port).sort(), [6150, 7000]);
  assert.equal(new Set(slices.map(({ metadata }) => metadata.name)).size, 2);
});

function service(): Service {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name: 'lab', namespace: 'default', uid: 'uid-of-the-service' },
    spec: {
      selector: { app: 'lab' },
      ports: [
        { name: 'anweddol', port: 6150, targetPort: 'anweddol' },
        { name: 'ssh-10000', port: 10_000, targetPort: 'ssh-10000' },
      ],
    },
  };
}

function pod(name: string, podIP: string, { ready = true, port = 6150 } = {}): Pod {
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: { name, namespace: 'default', uid: name, labels: { app: 'lab' } },
    spec: { nodeName: 'node', containers: [{ name: 'c', ports: [{ name: 'anweddol', containerPort: port }] }] },
    status: { phase: 'Running', podIP, conditions: [{ type: 'Ready', status: ready ? 'True' : 'False' }] },
  };
}
