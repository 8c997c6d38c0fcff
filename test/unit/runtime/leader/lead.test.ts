import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import test from 'node:test';
import { LeadershipLost } from '../../../../src/runtime/leader/leadership.ts';
import { elect } from './elector.ts';

test('the first one leads at once, and says so in the lease', async () => {
  const a = elect();
  await a.clock.advance(0);
  assert.deepEqual(a.lease.record, {
    holder: 'a',
    durationMs: 15_000,
    acquiredAt: 1_000_000,
    renewedAt: 1_000_000,
    transitions: 0,
  });
  a.endWork();
  assert.equal(await a.ended, 'led');
});

test('a leader renews within two seconds, with one request each', async () => {
  const a = elect();
  await a.clock.advance(0);
  const before = a.cable.requests;
  await a.clock.advance(60_000);
  assert.deepEqual([a.cable.requests - before, a.lease.record?.renewedAt], [30, 1_060_000]);
  assert.equal(a.leadership?.mayWrite(), true);
  assert.deepEqual(a.told, ['not leading', 'leading']);
  a.endWork();
  assert.equal(await a.ended, 'led');
});

test('the second waits, and takes over when the lease did not change for its duration as seen by itself', async () => {
  const a = elect();
  await a.clock.advance(0);
  a.cable.cut = true;
  // The wall clock of a candidate says nothing about the lease.
  a.clock.setForward(3_600_000);
  const b = elect(a.lease, a.clock, { identity: 'b' });
  await a.clock.advance(14_999);
  assert.equal(b.leads(), false);
  await a.clock.advance(1);
  assert.equal(b.leads(), true);
  assert.deepEqual([a.lease.holder, a.lease.record?.transitions], ['b', 1]);
  assert.deepEqual(
    b.log.entries.map(({ message }) => message),
    ['waiting for the lease', 'leading'],
  );
  b.endWork();
});

test('a renewal that the second sees starts its wait anew', async () => {
  const a = elect();
  const b = elect(a.lease, a.clock, { identity: 'b' });
  await a.clock.advance(60_000);
  assert.deepEqual([a.leadership?.mayWrite(), b.leadership], [true, undefined]);
  a.endWork();
  await a.ended;
  b.stopper.abort();
  assert.equal(await b.ended, 'stopped');
});

test('without a renewal the leader is told ten seconds after the start of the last one, and the lease is left to its end', async () => {
  const a = elect();
  await a.clock.advance(4_000);
  a.cable.cut = true;
  await a.clock.advance(9_999);
  a.leadership?.assertLeading();
  assert.equal(a.leadership?.signal.aborted, false);
  await a.clock.advance(1);
  assert.throws(() => a.leadership?.assertLeading(), LeadershipLost);
  assert.equal(a.leadership?.signal.aborted, true);
  a.cable.cut = false;
  a.endWork();
  assert.equal(await a.ended, 'lost: the lease was not renewed in time');
  assert.equal(a.lease.holder, 'a');
  assert.deepEqual(a.told, ['not leading', 'leading', 'slow path', 'not leading']);
});

test('the deadline counts from the start of a renewal, however long its answer takes', async () => {
  const a = elect();
  await a.clock.advance(0);
  const answers = Promise.withResolvers<void>();
  a.cable.answers = answers.promise;
  await a.clock.advance(6_000);
  answers.resolve();
  await a.clock.advance(0);
  a.cable.cut = true;
  // Sent at 2 s, answered at 6 s.
  await a.clock.advance(5_999);
  assert.equal(a.leadership?.mayWrite(), true);
  await a.clock.advance(1);
  assert.equal(a.leadership?.mayWrite(), false);
  a.endWork();
});

test('the first deadline counts from the start of the request that got the lease', async () => {
  const answers = Promise.withResolvers<void>();
  const a = elect();
  a.cable.answers = answers.promise;
  await a.clock.advance(4_000);
  assert.deepEqual([a.lease.holder, a.leads()], ['a', false]);
  answers.resolve();
  await a.clock.advance(0);
  a.cable.cut = true;
  await a.clock.advance(5_999);
  assert.equal(a.leads(), true);
  await a.clock.advance(1);
  assert.equal(a.leads(), false);
  a.endWork();
});

test('a leader that finds somebody else in the lease has lost it at once', async () => {
  const a = elect();
  await a.clock.advance(0);
  a.lease.write({ holder: 'b', durationMs: 15_000, acquiredAt: 0, renewedAt: 0, transitions: 1 });
  await a.clock.advance(2_000);
  assert.throws(() => a.leadership?.assertLeading(), LeadershipLost);
  a.endWork();
  assert.equal(await a.ended, 'lost: the lease went to b');
  assert.equal(a.lease.holder, 'b');
});

test('a leader whose lease somebody touched renews it with a second look', async () => {
  const a = elect();
  await a.clock.advance(0);
  if (a.lease.record) a.lease.write(a.lease.record);
  await a.clock.advance(2_000);
  assert.deepEqual(a.told, ['not leading', 'leading', 'slow path']);
  assert.equal(a.lease.record?.renewedAt, 1_002_000);
  a.endWork();
  assert.equal(await a.ended, 'led');
});

test('a leader whose lease somebody deleted writes it again', async () => {
  const a = elect();
  await a.clock.advance(0);
  a.lease.record = undefined;
  await a.clock.advance(2_000);
  assert.deepEqual([a.lease.holder, a.leadership?.mayWrite()], ['a', true]);
  a.endWork();
  await a.ended;
});

test('a renewal that comes to nothing is tried again within the deadline', async () => {
  const a = elect();
  await a.clock.advance(0);
  a.cable.cut = true;
  await a.clock.advance(8_000);
  a.cable.cut = false;
  await a.clock.advance(1_000);
  assert.equal(a.leadership?.mayWrite(), true);
  assert.equal(a.log.entries.filter(({ message }) => message === 'the lease could not be renewed').length, 1);
  await a.clock.advance(9_000);
  assert.equal(a.leadership?.mayWrite(), true);
  a.endWork();
  assert.equal(await a.ended, 'led');
});

test('the lease is released when the work has ended, so that another leads within one retry', async () => {
  const a = elect();
  const b = elect(a.lease, a.clock, { identity: 'b' });
  await a.clock.advance(10_000);
  a.stopper.abort();
  await a.clock.advance(20_000);
  assert.deepEqual([a.leadership?.mayWrite(), b.leadership], [true, undefined], 'work that goes on keeps the lease');
  a.endWork();
  assert.equal(await a.ended, 'led');
  assert.deepEqual([a.lease.holder, a.lease.record?.durationMs], ['', 1000]);
  assert.throws(() => a.leadership?.assertLeading(), LeadershipLost, 'what the work left running may not write');
  await a.clock.advance(2_000);
  assert.equal(b.leads(), true);
  b.endWork();
});

test('nothing may be written any more while the lease is given back', async () => {
  const a = elect();
  await a.clock.advance(0);
  const answers = Promise.withResolvers<void>();
  a.cable.answers = answers.promise;
  a.endWork();
  await a.clock.advance(0);
  assert.deepEqual([a.lease.holder, a.leads()], ['', false]);
  answers.resolve();
  assert.equal(await a.ended, 'led');
});

test('work that fails gives the lease back too', async () => {
  const a = elect();
  await a.clock.advance(0);
  a.failWork(new Error('a bug'));
  assert.equal(await a.ended, 'failed: a bug');
  assert.equal(a.lease.holder, '');
});

test('of two that find the lease free one leads, and the other did not fail', async () => {
  const a = elect();
  const b = elect(a.lease, a.clock, { identity: 'b' });
  await a.clock.advance(0);
  assert.equal([a, b].filter(({ leadership }) => leadership?.mayWrite()).length, 1);
  assert.deepEqual(
    [...a.log.entries, ...b.log.entries].filter(({ level }) => level !== 'info'),
    [],
  );
  for (const elector of [a, b]) {
    elector.stopper.abort();
    elector.endWork();
    await elector.ended;
  }
});

test('a candidate that is stopped ends at once and leaves neither a timer nor a listener', async () => {
  const a = elect();
  await a.clock.advance(0);
  const timers = a.clock.pending;
  const b = elect(a.lease, a.clock, { identity: 'b' });
  await a.clock.advance(0);
  b.stopper.abort();
  assert.equal(await b.ended, 'stopped');
  assert.deepEqual([a.clock.pending, getEventListeners(b.stopper.signal, 'abort').length], [timers, 0]);
  a.endWork();
  await a.ended;
  assert.deepEqual([a.clock.pending, getEventListeners(a.stopper.signal, 'abort').length], [0, 0]);
});

test('work that goes on after the loss does not keep the process from ending', async () => {
  const a = elect();
  await a.clock.advance(0);
  a.cable.cut = true;
  await a.clock.advance(15_000);
  assert.match(await a.ended, /^lost/);
  assert.equal(a.log.entries.at(-1)?.message, 'work goes on after leadership was lost');
});

test('a wall clock that jumps makes the leader wait for its next renewal, not give up', async () => {
  const a = elect();
  await a.clock.advance(0);
  a.clock.setForward(60_000);
  assert.throws(() => a.leadership?.assertLeading(), LeadershipLost, 'the machine may have been suspended');
  await a.clock.advance(2_000);
  a.leadership?.assertLeading();
  a.clock.setForward(-3_600_000);
  await a.clock.advance(2_000);
  a.leadership?.assertLeading();
  a.endWork();
  assert.equal(await a.ended, 'led');
});

test('a leader whose wall clock is set back before each renewal still shows that it renewed', async () => {
  const a = elect();
  const b = elect(a.lease, a.clock, { identity: 'b' });
  await a.clock.advance(1_000);
  for (let renewal = 0; renewal < 10; renewal += 1) {
    a.clock.setForward(-2_000);
    await a.clock.advance(2_000);
  }
  assert.deepEqual([a.leads(), b.leads()], [true, false]);
  for (const elector of [a, b]) {
    elector.stopper.abort();
    elector.endWork();
    await elector.ended;
  }
});

test('durations that would let two lead are refused', async () => {
  const a = elect(undefined, undefined, { leaseDurationMs: 10_000, renewDeadlineMs: 10_000 });
  assert.match(await a.ended, /^failed: lease 10000 ms > renew deadline 10000 ms/);
});
