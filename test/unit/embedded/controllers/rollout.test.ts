import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  nextCounts,
  type RolloutLimits,
  rolloutLimits,
  type SetCount,
} from '../../../../src/embedded/controllers/workloads/rollout.ts';
import type { Deployment } from '../../../../src/kube/resources.ts';

test('a rolling update reaches its end with never too many and never too few', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 0, max: 8 }),
      fc.integer({ min: 0, max: 3 }),
      fc.integer({ min: 0, max: 8 }),
      fc.integer({ min: 0, max: 8 }),
      (replicas, surge, unavailableAsked, before) => {
        const unavailable = Math.min(replicas, surge === 0 ? Math.max(1, unavailableAsked) : unavailableAsked);
        const limits: RolloutLimits = { replicas, surge, unavailable };
        let [current, old]: [SetCount, SetCount] = [set('new', 0), set('old', before)];
        for (let step = 0; step < 60; step++) {
          const next = nextCounts(current, [old], limits);
          const available = current.available + old.available;
          [current, old] = [scaled(current, next), scaled(old, next)];
          const floor = Math.min(available, replicas - unavailable);
          assert.ok(current.available + old.available >= floor, 'enough stay available');
          assert.ok(current.replicas + old.replicas <= Math.max(before, replicas + surge), 'never more than the surge');
          // What was asked for becomes available.
          current = { ...current, available: current.replicas };
        }
        assert.deepEqual([current.replicas, old.replicas], [replicas, 0]);
      },
    ),
  );
});

test('replicas that do not work are taken away before others', () => {
  const next = nextCounts(set('new', 1, 1), [set('sick', 1, 0), set('old', 2)], {
    replicas: 3,
    surge: 1,
    unavailable: 0,
  });
  assert.deepEqual([...next], [['sick', 0]]);
});

test('limits are the numbers of the strategy, percentages rounded in favour of availability', () => {
  const limits = (strategy: object) => rolloutLimits({ spec: { replicas: 5, strategy } } as unknown as Deployment);
  assert.deepEqual(limits({ rollingUpdate: {} }), { replicas: 5, surge: 2, unavailable: 1 });
  assert.deepEqual(limits({ rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } }), {
    replicas: 5,
    surge: 1,
    unavailable: 0,
  });
  assert.deepEqual(limits({ rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } }).unavailable, 1);
  assert.deepEqual(limits({ type: 'Recreate' }), { replicas: 5, surge: 0, unavailable: 5 });
});

function set(name: string, replicas: number, available = replicas): SetCount {
  return { name, replicas, available };
}

/** More replicas are not available at once; fewer are gone at once. */
function scaled(count: SetCount, next: Map<string, number>): SetCount {
  const replicas = next.get(count.name) ?? count.replicas;
  return { ...count, replicas, available: Math.min(count.available, replicas) };
}
