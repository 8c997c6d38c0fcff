import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import fc from 'fast-check';
import { TokenBucket } from '../../../src/kube/token-bucket.ts';
import { FakeClock } from '../../support/fake-clock.ts';

function bucketOf(perSecond: number, burst: number) {
  const clock = new FakeClock();
  const bucket = new TokenBucket(clock, { perSecond, burst });
  const passed: { name: string; at: number; waitedMs: number }[] = [];
  const take = (name: string, signal: AbortSignal): Promise<void> =>
    bucket.take(signal).then((waitedMs) => void passed.push({ name, at: clock.elapsed(), waitedMs }));
  return { clock, bucket, passed, take };
}

const names = (passed: { name: string }[]) => passed.map(({ name }) => name).join('');

test('a burst passes at once, the rest in order, one per interval, on a single timer', async (t) => {
  const { clock, passed, take } = bucketOf(2, 3);
  const all = Promise.all([...'abcdef'].map((name) => take(name, t.signal)));
  await clock.advance(0);
  assert.equal(names(passed), 'abc');
  assert.equal(clock.pending, 1);
  await clock.advance(499);
  assert.equal(names(passed), 'abc');
  await clock.advance(1);
  assert.equal(names(passed), 'abcd');
  assert.equal(clock.pending, 1);
  await clock.advance(1000);
  await all;
  assert.equal(names(passed), 'abcdef');
  assert.deepEqual(
    passed.map(({ waitedMs }) => waitedMs),
    [0, 0, 0, 500, 1000, 1500],
  );
  assert.equal(clock.pending, 0);
});

test('a newcomer does not overtake who waits, even when it comes just before the timer runs', async (t) => {
  const { clock, passed, take } = bucketOf(1, 1);
  const all: Promise<void>[] = [];
  clock.after(1000, () => all.push(take('c', t.signal)));
  all.push(...[...'ab'].map((name) => take(name, t.signal)));
  await clock.advance(2000);
  await Promise.all(all);
  assert.equal(names(passed), 'abc');
});

test('quiet time fills it up to the burst, and no further', async (t) => {
  const { clock, passed, take } = bucketOf(10, 2);
  await clock.advance(60_000);
  for (const name of 'abc') void take(name, t.signal);
  await clock.advance(0);
  assert.equal(names(passed), 'ab');
  await clock.advance(100);
});

test('setting the wall clock lets nobody pass', async (t) => {
  const { clock, passed, take } = bucketOf(1, 3);
  for (const name of 'abcdef') void take(name, t.signal);
  clock.setForward(3_600_000);
  await clock.advance(1000);
  assert.equal(names(passed), 'abcd');
  clock.setForward(-7_200_000);
  await clock.advance(2000);
  assert.equal(names(passed), 'abcdef');
});

test('who is aborted leaves the queue, takes no turn, and leaves no timer', async (t) => {
  const { clock, passed, take } = bucketOf(1, 1);
  const [first, second] = [new AbortController(), new AbortController()];
  await take('a', t.signal);
  const gone = assert.rejects(take('b', first.signal), /not any more/);
  const last = assert.rejects(take('d', second.signal), /nor I/);
  const stays = take('c', t.signal);
  first.abort(new Error('not any more'));
  await gone;
  second.abort(new Error('nor I'));
  await last;
  await clock.advance(1000);
  await stays;
  assert.equal(names(passed), 'ac');
  assert.equal(clock.pending, 0);
});

test('the last one to leave takes the timer along; who comes aborted does not enter', async (t) => {
  const { clock, take } = bucketOf(1, 1);
  const leaving = new AbortController();
  await take('a', t.signal);
  const gone = assert.rejects(take('b', leaving.signal));
  assert.equal(clock.pending, 1);
  leaving.abort();
  await gone;
  await assert.rejects(take('c', leaving.signal));
  assert.equal(clock.pending, 0);
});

test('a rate that lets nothing pass is refused', () => {
  for (const [perSecond, burst] of [
    [0, 1],
    [1, 0],
    [Number.NaN, 1],
  ] as const) {
    assert.throws(() => bucketOf(perSecond, burst), RangeError);
  }
});

test('law: all pass, in order, and in no stretch of time more than the burst and what the rate adds', (t) =>
  fc.assert(
    fc.asyncProperty(
      fc.integer({ min: 1, max: 500 }),
      fc.integer({ min: 1, max: 20 }),
      fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 60 }),
      (perSecond, burst, pauses) => holds(t, perSecond, burst, pauses),
    ),
    { numRuns: 50 },
  ));

async function holds(t: TestContext, perSecond: number, burst: number, pauses: number[]): Promise<void> {
  const { clock, passed, take } = bucketOf(perSecond, burst);
  const all: Promise<void>[] = [];
  for (const [index, pause] of pauses.entries()) {
    all.push(take(`${index},`, t.signal));
    // Half of them come at the same moment as the next.
    if (pause > 150) await clock.advance(pause - 150);
  }
  await clock.advance((pauses.length / perSecond) * 1000 + pauses.length);
  await Promise.all(all);
  assert.equal(names(passed), pauses.map((_, index) => `${index},`).join(''));
  for (let from = 0; from < passed.length; from++) {
    for (let to = from; to < passed.length; to++) {
      const seconds = ((passed[to]?.at ?? 0) - (passed[from]?.at ?? 0)) / 1000;
      assert.ok(to - from + 1 <= burst + seconds * perSecond + 1e-6, `${to - from + 1} in ${seconds} s`);
    }
  }
}
