import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { ANNOTATION_LISTEN_PORT } from '../../../src/api/names.ts';
import { freeSlots, fromAnywhere } from '../../../src/virtualization/kubevirt/free-slots.ts';
import { sampleMachine, sampleSettings } from '../../support/sample-machine.ts';

const specOf = (maxRunning: number) => sampleSettings({ containers: { maxRunning } }).spec;
const machineIn = (slot: number) => sampleMachine({ annotations: { [ANNOTATION_LISTEN_PORT]: String(10_000 + slot) } });
const held = fc.uniqueArray(fc.nat(40), { maxLength: 40 });

test('a slot is free unless a machine has it, an ending one included', () => {
  const spec = specOf(3);
  assert.deepEqual(freeSlots(spec, []), [10_000, 10_001, 10_002]);
  assert.deepEqual(freeSlots(spec, [sampleMachine({ deleted: true })]), [10_001, 10_002]);
});

test('a machine beyond a lowered maxRunning takes the place of the last free slot', () => {
  assert.deepEqual(freeSlots(specOf(3), [machineIn(7)]), [10_000, 10_001]);
  assert.deepEqual(freeSlots(specOf(3), [machineIn(7), machineIn(2), machineIn(8)]), []);
});

test('as many slots are free as machines are missing to maxRunning, and none of them is held', () => {
  fc.assert(
    fc.property(held, fc.integer({ min: 1, max: 40 }), (slots, maxRunning) => {
      const free = freeSlots(specOf(maxRunning), slots.map(machineIn));
      assert.equal(free.length, Math.max(0, maxRunning - slots.length));
      assert.ok(free.every((port) => port < 10_000 + maxRunning && !slots.includes(port - 10_000)));
    }),
  );
});

test('whoever fills what is free as they knew it at any earlier time, there are never too many machines', () => {
  // Each step is somebody who fills a slot by what they saw some steps ago, or a machine that ends.
  const step = fc.record({ fills: fc.boolean(), lag: fc.nat(5), which: fc.nat(100) });
  fc.assert(
    fc.property(held, fc.integer({ min: 1, max: 20 }), fc.array(step, { maxLength: 40 }), (first, most, steps) => {
      const spec = specOf(most);
      const seen = [first];
      const limit = Math.max(most, first.length);
      for (const { fills, lag, which } of steps) {
        const now = seen.at(-1) ?? [];
        if (fills) {
          const old = seen.at(-1 - Math.min(lag, seen.length - 1)) ?? [];
          const free = freeSlots(spec, old.map(machineIn));
          const slot = (free[which % free.length] ?? 0) - 10_000;
          // The name is taken: the creation is refused.
          if (free.length > 0 && !now.includes(slot)) seen.push([...now, slot]);
        } else if (now.length > 0) seen.push(now.filter((_, index) => index !== which % now.length));
        assert.ok((seen.at(-1) ?? []).length <= limit);
      }
    }),
  );
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
