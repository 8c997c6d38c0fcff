import assert from 'node:assert/strict';
import test from 'node:test';
import { WorkQueue } from '../../../src/runtime/work-queue.ts';
import { FakeClock } from '../../support/fake-clock.ts';

function newQueue() {
  const clock = new FakeClock();
  return { clock, queue: new WorkQueue({ clock }) };
}

/** The keys that can be taken right now. */
async function takeAll(queue: WorkQueue): Promise<string[]> {
  const keys: string[] = [];
  while (queue.depth > 0) keys.push((await queue.get()) ?? '');
  return keys;
}

test('keys come out in the order they came in, each once', async () => {
  const { queue } = newQueue();
  for (const key of ['b', 'a', 'b', 'c', 'a']) queue.add(key);
  assert.deepEqual(await takeAll(queue), ['b', 'a', 'c']);
});

test('a worker that waits gets the next key', async () => {
  const { queue } = newQueue();
  const waiting = [queue.get(), queue.get()];
  queue.add('a');
  queue.add('b');
  assert.deepEqual(await Promise.all(waiting), ['a', 'b']);
});

test('a key that is added while it is worked on comes out again, but not before it is done', async () => {
  const { queue } = newQueue();
  queue.add('a');
  await queue.get();
  queue.add('a');
  queue.add('a');
  assert.deepEqual(await takeAll(queue), []);
  queue.done('a');
  assert.deepEqual(await takeAll(queue), ['a']);
  queue.done('a');
  assert.deepEqual(await takeAll(queue), []);
});

test('a delayed key comes when it is due; of two times the earlier counts', async () => {
  const { clock, queue } = newQueue();
  queue.addAfter('a', 100);
  queue.addAfter('a', 50);
  queue.addAfter('a', 70);
  queue.addAfter('b', 60);
  await clock.advance(49);
  assert.deepEqual(await takeAll(queue), []);
  await clock.advance(1);
  assert.deepEqual(await takeAll(queue), ['a']);
  await clock.advance(10);
  assert.deepEqual(await takeAll(queue), ['b']);
  queue.done('a');
  queue.done('b');
  await clock.advance(1000);
  assert.deepEqual([await takeAll(queue), clock.pending], [[], 0]);
});

test('no delay is no wait', async () => {
  const { clock, queue } = newQueue();
  queue.addAfter('a', 0);
  queue.addAfter('b', -5);
  assert.deepEqual([await takeAll(queue), clock.pending], [['a', 'b'], 0]);
});

test('any number of delayed keys needs one timer', () => {
  const { clock, queue } = newQueue();
  for (let i = 0; i < 1000; i++) queue.addAfter(`key-${i}`, 1000 - i);
  assert.equal(clock.pending, 1);
});

test('rate-limited waits double from 5 ms to 60 s, for each key on its own, until it is forgotten', async () => {
  const { queue } = newQueue();
  const waits = (key: string, count: number) => Array.from({ length: count }, () => queue.addRateLimited(key));
  assert.deepEqual(waits('a', 5), [5, 10, 20, 40, 80]);
  assert.deepEqual(waits('b', 2), [5, 10]);
  assert.equal(waits('a', 20).at(-1), 60_000);
  queue.forget('a');
  assert.deepEqual([waits('a', 1), waits('b', 1)], [[5], [20]]);
});

test('an aborted get rejects with the reason and takes no key', async () => {
  const { queue } = newQueue();
  const stopper = new AbortController();
  const reason = new Error('stop');
  const refused = assert.rejects(queue.get(stopper.signal), reason);
  stopper.abort(reason);
  await refused;
  queue.add('a');
  await assert.rejects(queue.get(stopper.signal), reason);
  assert.equal(await queue.get(), 'a');
});

test('a shut-down queue lets its workers go, drops what waits and takes no more', async () => {
  const { clock, queue } = newQueue();
  const waiting = queue.get();
  queue.add('taken');
  assert.equal(await waiting, 'taken');
  queue.add('waits');
  queue.addAfter('delayed', 10);
  queue.shutDown();
  queue.add('late');
  queue.addAfter('late', 10);
  assert.equal(await queue.get(), undefined);
  assert.equal(clock.pending, 0);
});

test('it is drained once it is shut down and nothing is worked on', async () => {
  const { queue } = newQueue();
  queue.add('a');
  await queue.get();
  let isDrained = false;
  const drained = queue.drained().then(() => {
    isDrained = true;
  });
  queue.add('a');
  queue.shutDown();
  await new Promise(setImmediate);
  assert.equal(isDrained, false);
  queue.done('a');
  await drained;
  await queue.drained();
});

test('many keys cost little', async () => {
  const { queue } = newQueue();
  for (let i = 0; i < 200_000; i++) queue.add(`key-${i % 20_000}`);
  assert.equal((await takeAll(queue)).length, 20_000);
});
