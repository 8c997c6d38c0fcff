import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type BootRecord,
  bootsAllowed,
  countBoots,
  isOpen,
  NO_FAILURE,
  retryAt,
} from '../../../../src/operator/pool/breaker.ts';

const failing = (count: number, bootedAt = 0) =>
  Array.from({ length: count }, () => ({ bootedAt, why: 'StartDeadline' }));
const failed = (record: BootRecord, count: number, now: number, bootedAt = 0) =>
  countBoots(record, { succeeded: 0, failed: failing(count, bootedAt), machineSha256: 'ab' }, now);

test('failures are counted with the time and the reason of the last', () => {
  assert.deepEqual(failed(NO_FAILURE, 2, 5_000), {
    failedBoots: 2,
    lastFailureTime: '1970-01-01T00:00:05.000Z',
    lastFailure: 'StartDeadline',
    machineSha256: 'ab',
  });
});

test('a boot that succeeds makes all forgotten', () => {
  const before = failed(NO_FAILURE, 2, 5_000);
  assert.deepEqual(countBoots(before, { succeeded: 1, failed: [] }, 6_000), NO_FAILURE);
});

test('nothing changes while nothing ends', () => {
  const before = failed(NO_FAILURE, 2, 5_000);
  assert.deepEqual(countBoots(before, { succeeded: 0, failed: [] }, 6_000), before);
});

test('the third failure opens the breaker', () => {
  const two = failed(NO_FAILURE, 2, 0);
  assert.deepEqual([isOpen(two), bootsAllowed(two, 0, 0)], [false, Number.POSITIVE_INFINITY]);
  const three = failed(two, 1, 0);
  assert.deepEqual([isOpen(three), bootsAllowed(three, 0, 0)], [true, 0]);
});

test('many that fail at once open it no wider', () => {
  assert.equal(failed(NO_FAILURE, 10, 0).failedBoots, 3);
});

test('those that were booting already when it opened are not counted, nor do they put off the next try', () => {
  const open = failed(NO_FAILURE, 3, 10_000);
  assert.deepEqual(failed(open, 1, 20_000, 9_999), open);
});

test('the wait doubles with each try that fails, up to half an hour', () => {
  let record = failed(NO_FAILURE, 3, 0);
  const minutes: number[] = [];
  for (let tries = 0; tries < 7; tries += 1) {
    const next = retryAt(record) ?? Number.NaN;
    minutes.push((next - Date.parse(record.lastFailureTime ?? '')) / 60_000);
    record = failed(record, 1, next, next);
  }
  assert.deepEqual(minutes, [1, 2, 4, 8, 16, 30, 30]);
});

test('one may be tried when the wait is over, and no second one beside it', () => {
  const open = failed(NO_FAILURE, 3, 0);
  assert.deepEqual(
    [bootsAllowed(open, 0, 59_999), bootsAllowed(open, 0, 60_000), bootsAllowed(open, 1, 60_000)],
    [0, 1, 0],
  );
});

test('a record whose time is missing does not hold boots back for ever', () => {
  assert.equal(bootsAllowed({ failedBoots: 5 }, 0, 0), 1);
});
