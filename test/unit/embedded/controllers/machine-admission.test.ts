import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MachineAdmission, type Verdict } from '../../../../src/embedded/controllers/kubevirt/machine-admission.ts';
import type { VirtualMachineInstance } from '../../../../src/kube/resources.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { machine } from '../node/machine-fixture.ts';

type Change = (vmi: VirtualMachineInstance) => void;

const clock = new FakeClock(Date.UTC(2026, 0, 1));
const admission = new MachineAdmission(clock, '1.9');
const HANDLER = 'system:serviceaccount:kubevirt:kubevirt-handler';

test('a new machine gets what KubeVirt fills in, and keeps what it says itself', () => {
  const given = machine();
  given.spec.domain.memory = { guest: '2Gi' };
  const before = structuredClone(given);
  const made = admitted(given);
  assert.deepEqual(given, before);
  assert.deepEqual(made.metadata.finalizers, ['kubevirt.io/foregroundDeleteVirtualMachine']);
  assert.equal(made.status?.phase, 'Pending');
  const { domain, volumes, readinessProbe } = made.spec;
  assert.equal(domain.firmware?.uuid, given.spec.domain.firmware?.uuid);
  assert.deepEqual(domain.memory, { guest: '2Gi', maxGuest: '8Gi' });
  assert.deepEqual(domain.cpu, { model: 'host-model', cores: 2 });
  assert.deepEqual(domain.features?.acpi, { enabled: true });
  assert.deepEqual(domain.clock?.timer?.rtc, { present: true, tickPolicy: 'catchup' });
  assert.deepEqual(domain.clock?.timer?.hpet, { present: false });
  assert.equal(domain.devices.disks?.[0]?.cdrom?.tray, 'closed');
  assert.equal(volumes?.[0]?.containerDisk?.imagePullPolicy, 'IfNotPresent');
  assert.equal(readinessProbe?.successThreshold, 1);
  assert.equal(readinessProbe?.periodSeconds, 2);
});

test('a machine without a UUID gets one, and each another', () => {
  const without = () => {
    const vmi = machine();
    delete vmi.spec.domain.firmware;
    return admitted(vmi).spec.domain.firmware?.uuid ?? '';
  };
  assert.match(without(), /^[0-9a-f]{8}-/);
  assert.notEqual(without(), without());
});

const REFUSED: [string, Change, RegExp][] = [
  [
    'a cdrom on virtio',
    ({ spec }) => (disk(spec).cdrom = { bus: 'virtio' as 'sata' }),
    /Bus type virtio is invalid for CD-ROM device/,
  ],
  [
    'machine type pc',
    ({ spec }) => {
      spec.domain.machine = { type: 'pc' };
    },
    /is not supported: pc \(allowed values/,
  ],
  [
    'no memory',
    ({ spec }) => {
      delete spec.domain.memory;
    },
    /no memory requested/,
  ],
  [
    'a disk without a volume',
    ({ spec }) => {
      spec.domain.devices.disks?.push({ name: 'data' });
    },
    /disks\[1\]\.Name 'data' not found/,
  ],
  [
    'boot order zero',
    ({ spec }) => {
      disk(spec).bootOrder = 0;
    },
    /must have a boot order > 0/,
  ],
  [
    'an interface without a network',
    ({ spec }) => {
      spec.networks = [];
    },
    /interfaces\[0\]\.name 'default' not found/,
  ],
  [
    'an interface without a network of the pod',
    ({ spec }) => {
      spec.networks = [{ name: 'default', multus: { networkName: 'other' } }];
    },
    /Masquerade interface only implemented with pod network/,
  ],
  [
    'a probe that asks nothing',
    ({ spec }) => {
      spec.readinessProbe = { periodSeconds: 1 };
    },
    /readinessProbe\.tcpSocket/,
  ],
  [
    'a reserved label',
    ({ metadata }) => {
      metadata.labels = { 'kubevirt.io/nodeName': 'x' };
    },
    /reserved kubevirt\.io\/ labels/,
  ],
];

for (const [what, change, message] of REFUSED) {
  test(`${what} is refused, in KubeVirt's words`, () => {
    const vmi = machine();
    change(vmi);
    assert.match(problemsOf(admission.admitNew(vmi, 'system:admin')), message);
  });
}

test('KubeVirt 1.9 tells the version of the PCI topology, KubeVirt 1.7 does not', () => {
  const annotation = 'kubevirt.io/pci-topology-version';
  assert.equal(admitted(machine()).metadata.annotations?.[annotation], 'v3');
  const older = new MachineAdmission(clock, '1.7').admitNew(machine(), 'system:admin');
  assert.ok('machine' in older);
  assert.equal(older.machine.metadata.annotations?.[annotation], undefined);
});

test('what has not the shape of a machine is refused before anything is filled in', () => {
  const verdict = admission.admitNew({ metadata: { name: 'x' }, spec: {} }, 'system:admin');
  assert.deepEqual(verdict, {
    refused: [{ message: 'spec.domain in body is required' }],
    webhook: 'virtualmachineinstances-mutator.kubevirt.io',
  });
});

test('two devices may not boot first', () => {
  const vmi = machine();
  const nic = vmi.spec.domain.devices.interfaces?.[0];
  assert.ok(nic);
  nic.bootOrder = 1;
  assert.match(
    problemsOf(admission.admitNew(vmi, 'system:admin')),
    /interfaces\[0\]\.bootOrder already set for a different device/,
  );
});

test('nobody but KubeVirt changes a spec or a reserved label', () => {
  const vmi = admitted(machine());
  const other = structuredClone(vmi);
  other.spec.domain.memory = { guest: '4Gi' };
  assert.match(problemsOf(admission.admitChange(other, vmi, 'system:admin')), /update of VMI object is restricted/);
  assert.deepEqual(admission.admitChange(other, vmi, HANDLER), { machine: other });
  const labelled = structuredClone(vmi);
  labelled.metadata.labels = { ...labelled.metadata.labels, 'kubevirt.io/nodeName': 'x' };
  assert.match(
    problemsOf(admission.admitChange(labelled, vmi, 'system:admin')),
    /modification of the following reserved/,
  );
});

test('what anybody else says of the status is dropped without a word, and their labels are taken', () => {
  const vmi = admitted(machine());
  const changed = structuredClone(vmi);
  changed.status = { phase: 'Running' };
  changed.metadata.labels = { 'anweddol.io/state': 'ready' };
  const verdict = admission.admitChange(changed, vmi, 'system:admin');
  assert.ok('machine' in verdict);
  assert.equal(verdict.machine.status?.phase, 'Pending');
  assert.deepEqual(verdict.machine.metadata.labels, { 'anweddol.io/state': 'ready' });
});

function disk(spec: VirtualMachineInstance['spec']) {
  const [first] = spec.domain.devices.disks ?? [];
  assert.ok(first);
  return first;
}

function admitted(vmi: VirtualMachineInstance): VirtualMachineInstance {
  const verdict = admission.admitNew(vmi, 'system:admin');
  assert.ok('machine' in verdict, problemsOf(verdict));
  return verdict.machine;
}

function problemsOf(verdict: Verdict): string {
  return 'refused' in verdict ? verdict.refused.map(({ message }) => message).join('; ') : '';
}
