import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { freeSlots, fromAnywhere } from '../../../src/virtualization/kubevirt/free-slots.ts';
import { claimedMachine } from '../../../src/virtualization/kubevirt/machine.ts';
import { recordOf, startProgress } from '../../../src/virtualization/kubevirt/machine-state.ts';
import { SAMPLE_UUID, sampleMachine, sampleSettings } from '../../support/sample-machine.ts';

const claim = { uuid: SAMPLE_UUID, clientId: '1234567', clientTokenSha256: 'cd'.repeat(32) };

test('a machine is named by its slot and carries the container uuid as its firmware uuid', () => {
  const vmi = claimedMachine(sampleSettings(), claim, 10_002, 0);
  assert.equal(vmi.metadata.name, 'lab-10002');
  assert.equal(vmi.spec.domain.firmware?.uuid, SAMPLE_UUID);
  assert.equal(vmi.metadata.ownerReferences?.[0]?.kind, 'AnweddolServer');
});

test('the ISO is a read-only cdrom, from an image or from a claim', () => {
  const fromImage = claimedMachine(sampleSettings(), claim, 10_000, 0).spec;
  assert.deepEqual(fromImage.volumes, [{ name: 'iso', containerDisk: { image: 'iso:1' } }]);
  assert.deepEqual(fromImage.domain.devices.disks?.[0]?.cdrom, { bus: 'sata', readonly: true });
  const settings = sampleSettings({ iso: { persistentVolumeClaim: 'isos', sha256: 'ab'.repeat(32) } });
  const volume = { name: 'iso', persistentVolumeClaim: { claimName: 'isos', readOnly: true } };
  assert.deepEqual(claimedMachine(settings, claim, 10_000, 0).spec.volumes, [volume]);
});

test('a stored machine tells its record', () => {
  assert.deepEqual(recordOf(sampleMachine()), {
    uuid: SAMPLE_UUID,
    clientTokenSha256: 'cd'.repeat(32),
    listenPort: 10_000,
    instanceId: 'machine-uid',
  });
});

test('a start is over when the machine runs with an address, ends, is deleted, or its image cannot be pulled', () => {
  const progress = (status: object, deleted = false) => startProgress(sampleMachine({ status, deleted }));
  const interfaces = [{ ipAddress: '10.244.1.1' }];
  const pull = { type: 'Synchronized', status: 'False', reason: 'ErrImagePull' };
  assert.deepEqual(progress({ phase: 'Scheduling' }), { step: 'starting' });
  assert.deepEqual(progress({ phase: 'Running' }), { step: 'starting' });
  assert.deepEqual(progress({ phase: 'Running', interfaces }), { step: 'running', address: '10.244.1.1' });
  assert.deepEqual(progress({ phase: 'Failed' }), { step: 'failed', reason: 'Failed' });
  assert.deepEqual(progress({ phase: 'Running', interfaces }, true), { step: 'failed', reason: 'Deleted' });
  assert.deepEqual(progress({ phase: 'Scheduling', conditions: [pull] }), { step: 'failed', reason: 'ErrImagePull' });
});

test('a slot is free unless a machine has it, an ending one included', () => {
  const { spec } = sampleSettings({ containers: { maxRunning: 3 } });
  assert.deepEqual(freeSlots(spec, []), [10_000, 10_001, 10_002]);
  assert.deepEqual(freeSlots(spec, [sampleMachine({ deleted: true })]), [10_001, 10_002]);
});

test('beginning anywhere tries every slot once', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.nat()),
      fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
      (ports, start) => {
        assert.deepEqual(fromAnywhere(ports, start).toSorted(), ports.toSorted());
      },
    ),
  );
});
