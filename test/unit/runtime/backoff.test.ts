import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { backoffDelay } from '../../../src/runtime/backoff.ts';

const anyBackoff = fc
  .record({
    initialMs: fc.integer({ min: 1, max: 5000 }),
    factor: fc.double({ min: 1, max: 4, noNaN: true }),
    more: fc.nat(1e6),
  })
  .map(({ initialMs, factor, more }) => ({ initialMs, factor, maxMs: initialMs + more }));
const failures = fc.integer({ min: 1, max: 5000 });
const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });

test('without jitter waits double up to the longest', () => {
  const waits = [1, 2, 3, 4, 5, 6].map((failed) =>
    backoffDelay(failed, { initialMs: 800, maxMs: 10_000, jitter: 'none' }),
  );
  assert.deepEqual(waits, [800, 1600, 3200, 6400, 10_000, 10_000]);
});

test('waits never shrink with failures and stay within their bounds, after any number of failures', () => {
  fc.assert(
    fc.property(anyBackoff, failures, (options, failed) => {
      const wait = backoffDelay(failed, { ...options, jitter: 'none' });
      assert.ok(wait >= options.initialMs && wait <= options.maxMs);
      assert.ok(backoffDelay(failed + 1, { ...options, jitter: 'none' }) >= wait);
    }),
  );
});

test('equal jitter takes off up to half, full jitter up to everything', () => {
  fc.assert(
    fc.property(anyBackoff, failures, chance, (options, failed, random) => {
      const whole = backoffDelay(failed, { ...options, jitter: 'none' });
      const equal = backoffDelay(failed, { ...options, jitter: 'equal', random: () => random });
      const full = backoffDelay(failed, { ...options, jitter: 'full', random: () => random });
      assert.ok(equal >= whole / 2 && equal <= whole);
      assert.ok(full >= 0 && full <= whole);
    }),
  );
});
