import assert from 'node:assert/strict';
import type { Json } from '../api-caller.ts';
import { chapter, type World } from '../behaviour.ts';
import { type Change, set, tried } from './machine-manifest.ts';

const WEBHOOK = 'virtualmachineinstances-mutator.kubevirt.io';
const reboots = set('domain.rebootPolicy', 'Terminate');

export const machineUnreadable = chapter('refusing what is no machine', {
  'refuses a field that KubeVirt 1.7 does not know, where it is to be strict': async (world) => {
    const { code, body } = await tried(world, reboots, '&fieldValidation=Strict');
    assert.deepEqual([code, body.reason], [400, 'BadRequest']);
    assert.match(body.message, /strict decoding error: unknown field "spec\.domain\.rebootPolicy"$/);
  },

  'drops a field that KubeVirt 1.7 does not know, with a warning, where it is not': async (world) => {
    const { code, body, headers } = await tried(world, reboots);
    assert.equal(code, 201);
    assert.equal(body.spec.domain.rebootPolicy, undefined);
    assert.equal(headers.warning, '299 - "unknown field \\"spec.domain.rebootPolicy\\""');
  },

  'tells of everything that is wrong with a machine at once': async (world) => {
    const { body } = await tried(world, (vmi) => {
      set('domain.machine.type', 'pc')(vmi);
      set('domain.devices.disks.0.cdrom.bus', 'virtio')(vmi);
    });
    const fields = body.details.causes.map(({ field }: Json) => field);
    assert.deepEqual(fields, ['spec.domain.machine.type', 'spec.domain.devices.disks[0].cdrom.bus']);
  },

  'refuses processors that are text': (world) =>
    breaksShape(
      world,
      set('domain.cpu.cores', 'two'),
      'spec.domain.cpu.cores in body must be of type integer: "string"',
    ),
  'refuses a machine without a domain': (world) =>
    breaksShape(world, set('domain', undefined), 'spec.domain in body is required'),
  'refuses a probe without a port': (world) =>
    breaksShape(world, set('readinessProbe.tcpSocket', {}), 'spec.readinessProbe.tcpSocket.port in body is required'),
  'refuses a pull policy that nobody knows': (world) =>
    breaksShape(
      world,
      set('volumes.0.containerDisk.imagePullPolicy', 'Perhaps'),
      'spec.volumes.containerDisk.imagePullPolicy in body should be one of [Always IfNotPresent Never]',
    ),

  "can't read a negative number of cores": (world) =>
    isUnreadable(
      world,
      set('domain.cpu.cores', -1),
      'json: cannot unmarshal number -1 into Go struct field VirtualMachineInstance.spec.domain.cpu.cores of type uint32',
    ),
  "can't read memory that is no quantity": (world) =>
    isUnreadable(
      world,
      set('domain.memory.guest', 'much'),
      "quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'",
    ),
});

async function breaksShape(world: World, change: Change, message: string): Promise<void> {
  const { code, body } = await tried(world, change);
  assert.deepEqual([code, body.reason, body.details], [422, 'Invalid', { causes: [{ message }] }]);
  assert.equal(body.message, `admission webhook "${WEBHOOK}" denied the request: ${message}`);
}

async function isUnreadable(world: World, change: Change, message: string): Promise<void> {
  const { code, body } = await tried(world, change);
  assert.deepEqual([code, body.reason], [400, undefined]);
  assert.equal(body.message, `admission webhook "${WEBHOOK}" denied the request: ${message}`);
}
