import assert from 'node:assert/strict';
import test from 'node:test';
import type { QueueMetrics } from '../../../src/runtime/metrics.ts';
import { WorkQueue } from '../../../src/runtime/work-queue.ts';
import { FakeClock } from '../../support/fake-clock.ts';

function measuredQueue() {
  const clock = new FakeClock();
  const told: string[] = [];
  let ages: () => number[] = () => [];
  const metrics: QueueMetrics = {
    depth: (queue, depth) => told.push(`${queue} depth ${depth}`),
    added: () => told.push('added'),
    retried: () => told.push('retried'),
    waited: (_, seconds) => told.push(`waited ${seconds} s`),
    worked: (_, seconds) => told.push(`worked ${seconds} s`),
    observe: (_, look) => {
      ages = look;
    },
  };
  const queue = new WorkQueue({ clock, name: 'test', metrics });
  return { clock, queue, ages: () => ages(), took: () => told.splice(0) };
}

test('a queue tells how many keys wait, for how long, and how long they are worked on', async () => {
  const { clock, queue, ages, took } = measuredQueue();
  assert.deepEqual(took(), ['test depth 0']);
  queue.add('a');
  queue.add('a');
  assert.deepEqual(took(), ['added', 'test depth 1']);
  await clock.advance(2_000);
  await queue.get();
  assert.deepEqual(took(), ['test depth 0', 'waited 2 s']);
  await clock.advance(3_000);
  assert.deepEqual(ages(), [3]);
  queue.done('a');
  assert.deepEqual([took(), ages()], [['worked 3 s'], []]);
});

test('a key that is added while it is worked on waits from then on, and is not in the depth until it can be taken', async () => {
  const { clock, queue, took } = measuredQueue();
  queue.add('a');
  await queue.get();
  took();
  queue.add('a');
  assert.deepEqual(took(), ['added']);
  await clock.advance(1_000);
  queue.done('a');
  await queue.get();
  assert.deepEqual(took(), ['worked 1 s', 'test depth 1', 'test depth 0', 'waited 1 s']);
});

test('retries count when a key failed, additions when the key comes', async () => {
  const { clock, queue, took } = measuredQueue();
  took();
  queue.addRateLimited('a');
  queue.addAfter('b', 1_000);
  assert.deepEqual(took(), ['retried']);
  await clock.advance(1_000);
  assert.deepEqual(took(), ['added', 'test depth 1', 'added', 'test depth 2']);
  queue.shutDown();
  assert.deepEqual(took(), ['test depth 0']);
});

test('somebody who sets the wall clock moves no delay', async () => {
  const { clock, queue } = measuredQueue();
  queue.addAfter('a', 1_000);
  clock.setForward(-3_600_000);
  await clock.advance(1_000);
  assert.equal(queue.depth, 1);
});

test('a key that is done twice does not come out twice', async () => {
  const { queue } = measuredQueue();
  queue.add('a');
  await queue.get();
  queue.done('a');
  queue.add('a');
  queue.done('a');
  assert.equal(queue.depth, 1);
});
