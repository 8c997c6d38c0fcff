import assert from 'node:assert/strict';
import { test } from 'node:test';
import { REASONS } from '../../../../src/api/reasons.ts';
import { failureEvents } from '../../../../src/main/server/failure-events.ts';
import type { StoredEvent } from '../../../../src/runtime/events/event.ts';
import { VIRTUALIZATION_ERROR_CODES, VirtualizationError } from '../../../../src/virtualization/errors.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { RecordedLog } from '../../../support/recorded-log.ts';

function given(create?: () => Promise<void>) {
  const events: StoredEvent[] = [];
  const clock = new FakeClock(5_000);
  const log = new RecordedLog();
  const sink = {
    create: async (event: StoredEvent) => {
      events.push(event);
      await create?.();
    },
  };
  const server = { name: 'lab', namespace: 'anweddol', uid: 'server-uid' };
  const tell = failureEvents({ sink, server, clock, log, signal: new AbortController().signal });
  return { events, clock, log, tell };
}

test('why a container cannot be had is told on the server, with what it means', () => {
  const { events, tell } = given();
  tell(new VirtualizationError('QuotaExceeded', 'exceeded quota: vms'));
  const [{ id, ...event } = { id: '' }] = events;
  assert.match(id, /^[0-9a-f]{16}$/);
  assert.deepEqual(event, {
    type: 'Warning',
    reason: 'QuotaExceeded',
    action: 'CreateContainer',
    note: `${REASONS.QuotaExceeded.means} (exceeded quota: vms)`,
    regarding: {
      apiVersion: 'anweddol.io/v1alpha1',
      kind: 'AnweddolServer',
      name: 'lab',
      namespace: 'anweddol',
      uid: 'server-uid',
    },
    at: 5_000,
  });
});

test('each code is told at most once a minute', async () => {
  const { events, clock, tell } = given();
  const fail = (code: 'NoFreeSlot' | 'NodeLost') => tell(new VirtualizationError(code, ''));
  for (let second = 0; second < 60; second += 1) {
    fail('NoFreeSlot');
    await clock.advance(1_000);
  }
  fail('NodeLost');
  assert.deepEqual(
    events.map(({ reason }) => reason),
    ['NoFreeSlot', 'NodeLost'],
  );
  fail('NoFreeSlot');
  assert.equal(events.length, 3);
});

test('an Event that cannot be created is logged, and harms nobody', async () => {
  const { log, tell } = given(() => Promise.reject(new Error('no')));
  tell(new VirtualizationError('StartFailed', ''));
  assert.equal((await log.line('was not created')).level, 'warn');
});

test('every code is a reason', () => {
  for (const code of VIRTUALIZATION_ERROR_CODES) assert.ok(REASONS[code].means);
});
