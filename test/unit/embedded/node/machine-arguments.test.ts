import assert from 'node:assert/strict';
import { test } from 'node:test';
import { machineArguments } from '../../../../src/embedded/node/machines/machine-arguments.ts';
import { quantityBytes } from '../../../../src/embedded/node/machines/quantity.ts';
import { machine } from './machine-fixture.ts';

const setting = {
  podAddress: '10.244.7.8',
  shift: false,
  accelerator: 'tcg',
  disks: new Map([['iso', '/images/a,b.iso']]),
} as const;

test('a machine gets the hardware of its spec, its disk read-only and its forwarded port on its own address', () => {
  const line = machineArguments(machine(), setting).join(' ');
  for (const part of [
    '-machine q35,',
    '-m 256M -smp 2,sockets=1,cores=2,threads=1',
    '-uuid 7b0d6f0e-3f0c-4e0e-9a4e-2f6f2f1c9d11',
    'file=/images/a,,b.iso,format=raw,readonly=on -device ide-cd,bus=ide.0,drive=drive-iso,bootindex=1',
    'hostfwd=tcp:127.244.7.8:22-:22',
    '-display none -vga none',
    '-device virtio-rng-pci',
  ]) {
    assert.ok(line.includes(part), `${part} in ${line}`);
  }
});

test('no guest gets a way to this host or beyond, and QEMU starts no other program', () => {
  const args = machineArguments(machine(), setting);
  const networks = args.filter((arg) => arg.startsWith('user,'));
  assert.equal(networks.length, 1);
  assert.ok(networks.every((network) => network.includes(',restrict=on,')));
  assert.match(args[args.indexOf('-sandbox') + 1] ?? '', /^on,.*spawn=deny/);
  assert.ok(args.includes('-nodefaults') && args.includes('-no-user-config'));
});

test('a machine that must not restart does not, and shifted ports are shifted', () => {
  const vmi = machine();
  vmi.spec.domain.rebootPolicy = 'Terminate';
  const line = machineArguments(vmi, { ...setting, shift: true }).join(' ');
  assert.match(line, /-no-reboot/);
  assert.match(line, /hostfwd=tcp:127\.244\.7\.8:20022-:22/);
});

test('a disk that this node has not is refused', () => {
  assert.throws(() => machineArguments(machine(), { ...setting, disks: new Map() }), /volume iso/);
});

test('quantities are bytes', () => {
  assert.deepEqual(['1Gi', '1.5Gi', '512M', '100', '4k'].map(quantityBytes), [
    2 ** 30,
    1.5 * 2 ** 30,
    512e6,
    100,
    4000,
  ]);
  assert.throws(() => quantityBytes('lots'), RangeError);
  assert.throws(() => quantityBytes('-1Gi'), RangeError);
});
