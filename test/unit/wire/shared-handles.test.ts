import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import { SharedHandles, type SharedHandlesOptions } from '../../../src/wire/shared-handles.ts';

const { signal } = new AbortController();

/** Two handles whose work ends when the test says so, after as long as it says. */
function given(options: Partial<SharedHandlesOptions> = {}) {
  let now = 0;
  const ends: ((failure?: Error) => void)[] = [];
  const handles = new SharedHandles(['a', 'b'], { maxWaitMs: 100, minWaiting: 0, elapsed: () => now, ...options });
  const work = () =>
    new Promise<void>((resolve, reject) => {
      ends.push((failure) => (failure ? reject(failure) : resolve()));
    });
  const outcomes: string[] = [];
  const join = (its: AbortSignal = signal, name = 'done') =>
    void handles.use(work, its).then(
      () => outcomes.push(name),
      (error) => outcomes.push(error.code ?? error.message),
    );
  const finish = async (ms: number, failure?: Error) => {
    now += ms;
    ends.shift()?.(failure);
    await setImmediate();
  };
  /** One work at a time, so that `times` of them tell that each takes `ms`. */
  const measure = async (times: number, ms: number, failure?: Error) => {
    for (let time = 0; time < times; time += 1) {
      join();
      await finish(ms, failure);
    }
    outcomes.length = 0;
  };
  /** How many may wait when many come at once; then all have gone. */
  const capacity = async () => {
    for (let count = 0; count < 5_000; count += 1) join();
    const { waiting } = handles;
    while (ends.length) await finish(0);
    return waiting;
  };
  return { handles, outcomes, join, finish, measure, capacity };
}

test('as many may wait as the handles serve in the longest wait, at the speed that was measured', async () => {
  const { measure, capacity } = given();
  await measure(1, 5);
  // 2 handles, 5 ms each: 40 in 100 ms.
  assert.equal(await capacity(), 40);
});

test('so many may wait in any case, also before anything was measured', async () => {
  const { capacity, measure } = given({ minWaiting: 3 });
  assert.equal(await capacity(), 3);
  const other = given({ minWaiting: 3 });
  await other.measure(1, 1_000);
  assert.equal(await other.capacity(), 3);
  await measure(200, 1);
  assert.ok((await capacity()) > 3);
});

test('a machine that becomes slower admits fewer, one that becomes faster more, failed work included', async () => {
  const { measure, capacity } = given();
  await measure(1, 5);
  await measure(100, 20, new Error('no'));
  const slow = await capacity();
  assert.ok(slow >= 9 && slow <= 11, `${slow}`);
  await measure(100, 5);
  const fast = await capacity();
  assert.ok(fast >= 38 && fast <= 42, `${fast}`);
});

test('one work that takes very long does not shut the line', async () => {
  const { measure, capacity } = given();
  await measure(1, 5);
  await measure(1, 100);
  assert.ok((await capacity()) > 15);
});

test('who finds the line too long is refused at once, and those who wait get their turns in order', async () => {
  const { handles, outcomes, join, finish, measure } = given();
  await measure(1, 100);
  for (const name of ['1', '2', '3', '4', '5']) join(signal, name);
  await setImmediate();
  assert.equal(handles.waiting, 2);
  assert.deepEqual(outcomes, ['Overloaded']);
  for (let count = 0; count < 4; count += 1) await finish(0);
  assert.deepEqual(outcomes, ['Overloaded', '1', '2', '3', '4']);
  assert.equal(handles.waiting, 0);
});

test('one who gives up leaves the line, and the next gets the turn', async () => {
  const { handles, outcomes, join, finish } = given({ minWaiting: 2 });
  const gone = new AbortController();
  join();
  join();
  join(gone.signal);
  join();
  gone.abort(new Error('gone'));
  await setImmediate();
  assert.deepEqual([handles.waiting, outcomes], [1, ['gone']]);
  for (let count = 0; count < 3; count += 1) await finish(1);
  assert.deepEqual(outcomes, ['gone', 'done', 'done', 'done']);
  join(gone.signal);
  await setImmediate();
  assert.deepEqual([handles.waiting, outcomes.at(-1)], [0, 'gone']);
});

test('work that fails gives its handle back', async () => {
  const { outcomes, join, finish } = given();
  for (let count = 0; count < 3; count += 1) {
    join();
    await finish(1, new Error('no'));
  }
  assert.deepEqual(outcomes, ['no', 'no', 'no']);
});
