import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RestartBackoff, restarts } from '../../../../src/embedded/node/pods/restart-policy.ts';

test('a container starts again as its policy says', () => {
  assert.deepEqual([restarts('Always', 0), restarts('Always', 1), restarts(undefined, 0)], [true, true, true]);
  assert.deepEqual([restarts('OnFailure', 0), restarts('OnFailure', 137)], [false, true]);
  assert.deepEqual([restarts('Never', 0), restarts('Never', 1)], [false, false]);
});

test('the first restart is at once, the next ones wait 10 s, doubling to 5 minutes', () => {
  const backoff = new RestartBackoff();
  const waits = Array.from({ length: 8 }, () => backoff.nextWaitMs(1_000) / 1_000);
  assert.deepEqual(waits, [0, 10, 20, 40, 80, 160, 300, 300]);
});

test('ten minutes of running are forgiveness', () => {
  const backoff = new RestartBackoff();
  for (let crash = 0; crash < 5; crash++) backoff.nextWaitMs(1_000);
  assert.equal(backoff.nextWaitMs(600_000), 0);
  assert.equal(backoff.nextWaitMs(1_000), 10_000);
});
