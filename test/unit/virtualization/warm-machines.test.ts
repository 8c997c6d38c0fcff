import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ANNOTATION_LISTEN_PORT, ANNOTATION_MACHINE_SHA256, LABEL_STATE } from '../../../src/api/names.ts';
import { freeSlots } from '../../../src/virtualization/kubevirt/free-slots.ts';
import { warmMachines } from '../../../src/virtualization/kubevirt/warm-machines.ts';
import { sampleMachine, sampleSettings } from '../../support/sample-machine.ts';
import { UP } from './claim-fixture.ts';

const specOf = (maxRunning: number) => sampleSettings({ containers: { maxRunning } }).spec;

/** @param madeAt seconds */
function machine(slot: number, madeAt: number, change: Parameters<typeof sampleMachine>[0] & { isOld?: boolean } = {}) {
  const vmi = sampleMachine({
    status: UP,
    ...change,
    labels: { [LABEL_STATE]: 'warm', ...change.labels },
    annotations: {
      [ANNOTATION_LISTEN_PORT]: String(10_000 + slot),
      ...(change.isOld && { [ANNOTATION_MACHINE_SHA256]: 'old' }),
    },
  });
  vmi.metadata.name = `lab-${10_000 + slot}`;
  vmi.metadata.creationTimestamp = new Date(madeAt * 1000).toISOString();
  return vmi;
}

const namesOf = (...given: Parameters<typeof warmMachines>) => warmMachines(...given).map((vmi) => vmi.metadata.name);

test('the current kind comes first, then the oldest', () => {
  const all = [machine(0, 30), machine(1, 10, { isOld: true }), machine(2, 20), machine(3, 5, { isOld: true })];
  assert.deepEqual(namesOf(specOf(4), all), ['lab-10002', 'lab-10000', 'lab-10003', 'lab-10001']);
});

test('of the current kind the first may be any, so that server pods seldom try the same', () => {
  const all = [machine(0, 1), machine(1, 2), machine(2, 3), machine(3, 0, { isOld: true })];
  const firsts = [0, 0.4, 0.9].map((start) => namesOf(specOf(4), all, start));
  assert.deepEqual(
    firsts.map(([first]) => first),
    ['lab-10000', 'lab-10001', 'lab-10002'],
  );
  for (const names of firsts) assert.deepEqual([new Set(names).size, names.at(-1)], [4, 'lab-10003']);
});

test('only a machine that is warm, running and ready, and does not end, is fit', () => {
  const notReady = { ...UP, conditions: [{ type: 'Ready', status: 'False' }] };
  const unfit = [
    machine(0, 0, { labels: { [LABEL_STATE]: 'booting' } }),
    machine(1, 0, { labels: { [LABEL_STATE]: 'claimed' } }),
    machine(2, 0, { labels: { [LABEL_STATE]: 'ready' } }),
    machine(3, 0, { deleted: true }),
    machine(4, 0, { status: notReady }),
    machine(5, 0, { status: { ...UP, conditions: [] } }),
    machine(6, 0, { status: { ...UP, phase: 'Failed' } }),
    machine(7, 0, { status: { ...UP, interfaces: [] } }),
  ];
  assert.deepEqual(namesOf(specOf(20), [...unfit, machine(8, 0)]), ['lab-10008']);
});

test('with a lowered maxRunning no more are to be had than the others leave', () => {
  const others = [0, 1].map((slot) => machine(slot, 0, { labels: { [LABEL_STATE]: 'ready' } }));
  const warm = [2, 3].map((slot) => machine(slot, slot));
  assert.deepEqual(namesOf(specOf(4), [...others, ...warm]), ['lab-10002', 'lab-10003']);
  assert.deepEqual(namesOf(specOf(3), [...others, ...warm]), ['lab-10002']);
  assert.deepEqual(namesOf(specOf(1), [...others, ...warm]), []);
});

test('free slots and warm machines together are never more than the others leave of maxRunning', () => {
  const state = fc.constantFrom('booting', 'warm', 'claimed', 'ready');
  const machines = fc.uniqueArray(fc.record({ slot: fc.nat(15), state, deleted: fc.boolean() }), {
    selector: ({ slot }) => slot,
    maxLength: 12,
  });
  fc.assert(
    fc.property(machines, fc.integer({ min: 1, max: 15 }), (given, maxRunning) => {
      const all = given.map(({ slot, state, deleted }) =>
        machine(slot, slot, { deleted, labels: { [LABEL_STATE]: state } }),
      );
      const others = given.filter(({ state, deleted }) => deleted || state !== 'warm').length;
      const spec = specOf(maxRunning);
      const available = freeSlots(spec, all).length + warmMachines(spec, all).length;
      assert.ok(available <= Math.max(0, maxRunning - others));
      if (all.length <= maxRunning) assert.equal(available, maxRunning - others);
    }),
  );
});
