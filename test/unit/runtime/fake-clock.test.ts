import assert from 'node:assert/strict';
import test from 'node:test';
import { FakeClock } from '../../support/fake-clock.ts';

test('time stands still until it is moved', async () => {
  const clock = new FakeClock(1000);
  let ran = false;
  clock.after(0, () => {
    ran = true;
  });
  await new Promise(setImmediate);
  assert.deepEqual([clock.now(), ran], [1000, false]);
  await clock.advance(0);
  assert.deepEqual([clock.now(), ran], [1000, true]);
});

test('timers run in order of time, then of setting, each at its own time', async () => {
  const clock = new FakeClock();
  const ran: string[] = [];
  const note = (name: string) => () => ran.push(`${name}@${clock.now()}`);
  clock.after(20, note('c'));
  clock.after(10, note('a'));
  clock.after(10, note('b'));
  clock.after(31, note('d'));
  await clock.advance(30);
  assert.deepEqual([ran, clock.now(), clock.pending], [['a@10', 'b@10', 'c@20'], 30, 1]);
});

test('what a timer leads to, however many promises away, runs within the same advance', async () => {
  const clock = new FakeClock();
  const ran: number[] = [];
  const loop = (async () => {
    for (let i = 0; i < 3; i++) {
      await clock.sleep(10);
      await null;
      ran.push(clock.now());
    }
  })();
  await clock.advance(30);
  await loop;
  assert.deepEqual(ran, [10, 20, 30]);
});

test('a cancelled timer does not run', async () => {
  const clock = new FakeClock();
  const cancel = clock.after(10, () => assert.fail('it ran'));
  cancel();
  await clock.advance(20);
  assert.equal(clock.pending, 0);
});

test('an aborted sleep rejects with the reason and leaves no timer', async () => {
  const clock = new FakeClock();
  const stopper = new AbortController();
  const reason = new Error('stop');
  const slept = assert.rejects(clock.sleep(10, stopper.signal), reason);
  stopper.abort(reason);
  await slept;
  await assert.rejects(clock.sleep(10, stopper.signal), reason);
  assert.equal(clock.pending, 0);
});

test('advanceToNext goes to the next timer, also one that is set later', async () => {
  const clock = new FakeClock();
  const moved = clock.advanceToNext();
  const slept = clock.sleep(70);
  assert.equal(await moved, 70);
  await slept;
});

test('setting the wall clock lets no time pass', async () => {
  const clock = new FakeClock(1000);
  const slept = clock.sleep(10);
  clock.setForward(-500);
  assert.deepEqual([clock.now(), clock.elapsed()], [500, 0]);
  await clock.advance(10);
  await slept;
  assert.deepEqual([clock.now(), clock.elapsed()], [510, 10]);
});
