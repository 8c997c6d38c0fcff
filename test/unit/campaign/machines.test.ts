import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  machineFaults,
  sharedSlots,
  sliceFaults,
  slotExcess,
  unguardedMachines,
  unownedCredentials,
} from '../../campaign/oracles/machines.ts';
import { machine, SERVER, slice, version } from './objects.ts';

const POLICY = {
  kind: 'NetworkPolicy',
  name: 'lab-containers',
  spec: { podSelector: { matchLabels: { 'anweddol.io/server': 'lab' } } },
};
const LATER = 60_000;

test('a container from its claim to its end is held against nobody', () => {
  const versions = [
    version('ADDED', SERVER),
    version('ADDED', POLICY),
    version('ADDED', machine('claimed')),
    version('MODIFIED', machine('ready')),
    version('ADDED', slice()),
    version('MODIFIED', machine('ready', { deletionTimestamp: 'now' }), 10),
    version('DELETED', slice(), 20),
    version('DELETED', machine('ready', { deletionTimestamp: 'now' }), 30),
  ];
  const found = [slotExcess, machineFaults, sliceFaults, unguardedMachines].flatMap((oracle) => oracle(versions));
  assert.deepEqual(found, []);
});

test('more machines than slots are found', () => {
  const second = machine('claimed', { name: 'lab-10001', labels: { 'anweddol.io/container-uuid': 'two' } });
  const versions = [version('ADDED', SERVER), version('ADDED', machine('claimed')), version('ADDED', second)];
  assert.deepEqual(slotExcess(versions), ['lab has 2 machines and 1 slots']);
});

test('a server that gave up a slot may still have the machine in it', () => {
  const two = { ...SERVER, spec: { containers: { maxRunning: 2 } } };
  const versions = [
    version('ADDED', two),
    version('ADDED', machine('claimed')),
    version('MODIFIED', SERVER),
    version('ADDED', machine('claimed', { name: 'lab-10001' })),
  ];
  assert.deepEqual(slotExcess(versions), []);
});

test('a state that goes back is found', () => {
  const versions = [
    version('ADDED', SERVER),
    version('ADDED', machine('ready')),
    version('MODIFIED', machine('claimed')),
  ];
  assert.deepEqual(machineFaults(versions), ['the state of machine lab-10000 went back to claimed']);
});

test('a machine that a second client claims is found', () => {
  const claimedBy = (token: string) =>
    machine('claimed', { annotations: { 'anweddol.io/client-token-sha256': token } });
  const versions = [
    version('ADDED', SERVER),
    version('ADDED', machine('warm')),
    version('MODIFIED', claimedBy('a')),
    version('MODIFIED', claimedBy('b')),
  ];
  assert.deepEqual(machineFaults(versions), ['machine lab-10000 was claimed by one client after another']);
});

test('two machines of one container are found', () => {
  const again = machine('claimed', { uid: 'another' });
  const versions = [
    version('ADDED', SERVER),
    version('ADDED', machine('claimed')),
    version('DELETED', machine('claimed')),
    version('ADDED', again),
  ];
  assert.deepEqual(machineFaults(versions), ['container one has two machines']);
});

test('a machine of another server of that name is found', () => {
  const owner = { kind: 'AnweddolServer', name: 'lab', uid: 'an earlier one' };
  const versions = [version('ADDED', SERVER), version('ADDED', machine('claimed', { owner }))];
  assert.deepEqual(machineFaults(versions), ['machine lab-10000 is owned by no server that there is']);
});

test('a way in that opens before the machine is ready is found', () => {
  const versions = [version('ADDED', SERVER), version('ADDED', machine('claimed')), version('ADDED', slice())];
  assert.deepEqual(sliceFaults(versions), ['the way into lab-10000 was opened before its machine was ready']);
});

test('a way in that stays open while the machine ends is found', () => {
  const versions = [
    version('ADDED', SERVER),
    version('ADDED', machine('ready')),
    version('ADDED', slice()),
    version('MODIFIED', machine('ready', { deletionTimestamp: 'now' })),
    version('DELETED', machine('ready', { deletionTimestamp: 'now' }), LATER),
  ];
  assert.deepEqual(sliceFaults(versions), ['the way into lab-10000 stayed open while its machine ended']);
});

test('two ways in at one port of a server are found', () => {
  const way = (name: string, service: string, more = {}) =>
    version('ADDED', {
      ...slice({ name }),
      labels: { ...slice().labels, 'kubernetes.io/service-name': service },
      ports: [{ name: 'ssh-10000' }],
      ...more,
    });
  assert.deepEqual(sharedSlots([way('a', 'lab'), way('b', 'lab')]), ['two ways lead in at ssh-10000 of lab']);
  assert.deepEqual(sharedSlots([way('a', 'lab'), way('b', 'other')]), []);
  assert.deepEqual(sharedSlots([way('a', 'lab', { deletionTimestamp: 'now' }), way('b', 'lab')]), []);
});

test('a machine before its network policy is found', () => {
  const versions = [version('ADDED', machine('claimed')), version('ADDED', POLICY)];
  assert.deepEqual(unguardedMachines(versions), ['machine lab-10000 was made before a network policy selects it']);
});

test('credentials that no machine owns are found', () => {
  const secret = { kind: 'Secret', name: 'lab-10000-one', type: 'anweddol.io/container-credentials' };
  const owner = { kind: 'VirtualMachineInstance', name: 'lab-10000' };
  const machines = [version('ADDED', machine('claimed'))];
  assert.deepEqual(unownedCredentials([...machines, version('ADDED', { ...secret, owner })]), []);
  assert.deepEqual(unownedCredentials([...machines, version('ADDED', secret)]), [
    'the credentials lab-10000-one belong to no machine',
  ]);
});
