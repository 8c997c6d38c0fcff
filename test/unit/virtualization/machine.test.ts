import assert from 'node:assert/strict';
import { test } from 'node:test';
import { claimedMachine } from '../../../src/virtualization/kubevirt/machine.ts';
import { SAMPLE_UUID, sampleSettings } from '../../support/sample-machine.ts';

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
