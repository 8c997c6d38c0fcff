import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bootingMachine } from '../../../src/virtualization/kubevirt/machine.ts';
import { recordOf, startProgress } from '../../../src/virtualization/kubevirt/machine-state.ts';
import { SAMPLE_UUID, sampleMachine, sampleSettings } from '../../support/sample-machine.ts';

const interfaces = [{ ipAddress: '10.244.1.1' }];
const progress = (status: object, deleted = false) => startProgress(sampleMachine({ status, deleted }));
const unsynchronized = (reason: string, message?: string) =>
  progress({ phase: 'Pending', conditions: [{ type: 'Synchronized', status: 'False', reason, message }] });

test('a stored machine tells its record, with the ISO that it booted', () => {
  assert.deepEqual(recordOf(sampleMachine()), {
    uuid: SAMPLE_UUID,
    clientTokenSha256: 'cd'.repeat(32),
    listenPort: 10_000,
    instanceId: 'machine-uid',
    isoSha256: 'ab'.repeat(32),
  });
});

test("a machine that nobody has claimed has a record with nobody's token", () => {
  const vmi = bootingMachine(sampleSettings(), SAMPLE_UUID, 10_001, 0);
  vmi.metadata.uid = 'uid';
  assert.equal(recordOf(vmi).clientTokenSha256, '');
});

test('what is no container of ours has no record', () => {
  assert.throws(() => recordOf(sampleMachine({ labels: { 'anweddol.io/container-uuid': '' } })), TypeError);
  assert.throws(() => recordOf(sampleMachine({ annotations: { 'anweddol.io/listen-port': 'x' } })), TypeError);
});

test('a start is over when the machine runs with an address, ends or is deleted', () => {
  assert.deepEqual(progress({ phase: 'Scheduling' }), { step: 'starting' });
  assert.deepEqual(progress({ phase: 'Running' }), { step: 'starting' });
  assert.deepEqual(progress({ phase: 'Running', interfaces }), { step: 'running', address: '10.244.1.1' });
  assert.deepEqual(progress({ phase: 'Failed' }), { step: 'failed', code: 'StartFailed', reason: 'Failed' });
  const deleted = progress({ phase: 'Running', interfaces }, true);
  assert.deepEqual(deleted, { step: 'failed', code: 'StartFailed', reason: 'Deleted' });
});

test('a machine whose node is gone, whose image cannot be pulled or that gets no pod fails with the reason', () => {
  const codeOf = (result: ReturnType<typeof startProgress>) => (result.step === 'failed' ? result.code : result.step);
  assert.equal(codeOf(progress({ phase: 'Failed', reason: 'NodeUnresponsive' })), 'NodeLost');
  for (const reason of ['ErrImagePull', 'ImagePullBackOff', 'InvalidImageName']) {
    assert.equal(codeOf(unsynchronized(reason)), 'ImagePullFailed');
  }
  assert.equal(codeOf(unsynchronized('FailedCreate')), 'QuotaExceeded');
  assert.equal(codeOf(unsynchronized('FailedCreate', 'is forbidden: exceeded quota: pods')), 'QuotaExceeded');
  assert.equal(
    codeOf(unsynchronized('FailedCreate', 'is forbidden: violates PodSecurity "restricted"')),
    'MachineRefused',
  );
  const webhook = 'failed to create virtual machine pod: admission webhook "x.example" denied the request: no';
  assert.equal(codeOf(unsynchronized('FailedCreate', webhook)), 'MachineRefused');
  const unnamed = 'is forbidden: failed quota: small: must specify limits.cpu for: compute';
  assert.equal(codeOf(unsynchronized('FailedCreate', unnamed)), 'QuotaExceeded');
});

test('what may pass is waited for, and remembered as what is in the way', () => {
  assert.deepEqual(unsynchronized('FailedCreate', 'failed calling webhook'), {
    step: 'starting',
    trouble: { code: 'StartFailed', reason: 'FailedCreate' },
  });
  const conditions = [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }];
  assert.deepEqual(progress({ phase: 'Scheduling', conditions }), {
    step: 'starting',
    trouble: { code: 'Unschedulable', reason: 'Unschedulable' },
  });
  assert.deepEqual(unsynchronized('FailedGuestSync'), { step: 'starting' });
});
