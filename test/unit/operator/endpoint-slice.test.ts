import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LABEL_STATE } from '../../../src/api/names.ts';
import { endpointSlice } from '../../../src/operator/desired/endpoint-slice.ts';
import { sampleMachine } from '../../support/sample-machine.ts';

const running = { phase: 'Running', interfaces: [{ ipAddress: '10.244.3.4' }] };
const labels = { [LABEL_STATE]: 'ready' };

test('a ready container is reached at its slot port, on the SSH port of its machine', () => {
  const slice = endpointSlice(sampleMachine({ labels, status: running }));
  assert.deepEqual(slice?.ports, [{ name: 'ssh-10000', port: 22, protocol: 'TCP' }]);
  assert.deepEqual(slice?.endpoints, [{ addresses: ['10.244.3.4'], conditions: { ready: true } }]);
  assert.equal(slice?.metadata.labels?.['kubernetes.io/service-name'], 'lab');
  assert.equal(slice?.metadata.ownerReferences?.[0]?.uid, 'machine-uid');
});

test('there is no way to a container whose bootstrap user may still log in', () => {
  assert.equal(endpointSlice(sampleMachine({ status: running })), undefined);
});

test('there is no way to a container that is ending, has ended, or has no address', () => {
  assert.equal(endpointSlice(sampleMachine({ labels, status: running, deleted: true })), undefined);
  assert.equal(endpointSlice(sampleMachine({ labels, status: { ...running, phase: 'Succeeded' } })), undefined);
  assert.equal(endpointSlice(sampleMachine({ labels, status: { phase: 'Running' } })), undefined);
});

test('an IPv6 machine gets an IPv6 slice', () => {
  const status = { phase: 'Running', interfaces: [{ ipAddress: 'fd00::7' }] };
  assert.equal(endpointSlice(sampleMachine({ labels, status }))?.addressType, 'IPv6');
});
