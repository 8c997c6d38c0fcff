import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import test from 'node:test';
import { Deadline } from '../../../src/runtime/deadline.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const late = () => new Error('late');

test('it aborts with its reason when the time has passed', async () => {
  const clock = new FakeClock();
  using deadline = new Deadline(clock);
  deadline.set(10, late);
  await clock.advance(9);
  assert.equal(deadline.signal.aborted, false);
  await clock.advance(1);
  assert.equal(deadline.signal.reason.message, 'late');
});

test('setting it anew replaces the time, clearing takes it back', async () => {
  const clock = new FakeClock();
  using deadline = new Deadline(clock);
  deadline.set(10, late);
  await clock.advance(5);
  deadline.set(10, late);
  await clock.advance(9);
  deadline.clear();
  await clock.advance(100);
  assert.equal(deadline.signal.aborted, false);
});

test("it aborts with the parent's reason, also when that comes first", () => {
  const reason = new Error('stop');
  const parent = new AbortController();
  using deadline = new Deadline(new FakeClock(), parent.signal);
  parent.abort(reason);
  assert.equal(deadline.signal.reason, reason);
  using born = new Deadline(new FakeClock(), parent.signal);
  assert.equal(born.signal.reason, reason);
});

test('once disposed it leaves neither a timer nor a listener', () => {
  const clock = new FakeClock();
  const parent = new AbortController();
  {
    using deadline = new Deadline(clock, parent.signal);
    deadline.set(10, late);
    assert.deepEqual([clock.pending, getEventListeners(parent.signal, 'abort').length], [1, 1]);
  }
  assert.deepEqual([clock.pending, getEventListeners(parent.signal, 'abort').length], [0, 0]);
});
