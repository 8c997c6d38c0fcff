import assert from 'node:assert/strict';
import test from 'node:test';
import { systemClock } from '../../../src/runtime/system-clock.ts';

const MONTH = 30 * 24 * 3600 * 1000;

test('a time beyond what setTimeout can hold is kept', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  let ran = 0;
  systemClock.after(MONTH, () => ran++);
  t.mock.timers.tick(2 ** 31 - 1);
  t.mock.timers.tick(MONTH - 2 ** 31);
  assert.equal(ran, 0);
  t.mock.timers.tick(1);
  assert.equal(ran, 1);
});

test('a long time can be cancelled in its later part', (t) => {
  t.mock.timers.enable({ apis: ['setTimeout'] });
  const cancel = systemClock.after(MONTH, () => assert.fail('it ran'));
  t.mock.timers.tick(2 ** 31 - 1);
  cancel();
  t.mock.timers.tick(MONTH);
});

test('a sleep ends', async () => {
  const before = systemClock.elapsed();
  await systemClock.sleep(10);
  assert.ok(systemClock.elapsed() - before >= 9);
});

test('time that is measured does not follow the wall clock', (t) => {
  const before = systemClock.elapsed();
  t.mock.timers.enable({ apis: ['Date'], now: 1e15 });
  assert.equal(systemClock.now(), 1e15);
  const after = systemClock.elapsed();
  assert.ok(after >= before && after - before < 60_000);
});

test('an aborted sleep rejects with the reason at once', async () => {
  const reason = new Error('stop');
  const stopper = new AbortController();
  const slept = assert.rejects(systemClock.sleep(MONTH, stopper.signal), reason);
  stopper.abort(reason);
  await slept;
});
