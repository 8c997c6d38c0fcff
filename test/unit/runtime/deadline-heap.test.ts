import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { DeadlineHeap } from '../../../src/runtime/deadline-heap.ts';

const keys = fc.constantFrom(...'abcdefghij');
const scheduled = fc.array(fc.tuple(keys, fc.nat(50)), { maxLength: 40 });

test('keys come out once each, by their earliest time, and none before it is due', () => {
  fc.assert(
    fc.property(scheduled, fc.nat(60), (entries, now) => {
      const heap = new DeadlineHeap();
      const earliest = new Map<string, number>();
      for (const [key, at] of entries) {
        heap.schedule(key, at);
        earliest.set(key, Math.min(at, earliest.get(key) ?? at));
      }
      assert.equal(heap.earliest, entries.length > 0 ? Math.min(...earliest.values()) : undefined);
      const due: string[] = [];
      for (let key = heap.takeDue(now); key !== undefined; key = heap.takeDue(now)) due.push(key);
      const times = due.map((key) => earliest.get(key) ?? Number.NaN);
      assert.deepEqual(
        times,
        [...times].sort((a, b) => a - b),
      );
      const expected = [...earliest].filter(([, at]) => at <= now).map(([key]) => key);
      assert.deepEqual([...due].sort(), expected.sort());
    }),
  );
});

test('a key that was taken out can be scheduled again, later than before', () => {
  const heap = new DeadlineHeap();
  heap.schedule('a', 1);
  assert.equal(heap.takeDue(1), 'a');
  heap.schedule('a', 5);
  assert.equal(heap.takeDue(4), undefined);
  assert.equal(heap.takeDue(5), 'a');
});
