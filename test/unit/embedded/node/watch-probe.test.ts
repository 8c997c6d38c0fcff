import assert from 'node:assert/strict';
import { test } from 'node:test';
import { watchProbe } from '../../../../src/embedded/node/pods/watch-probe.ts';
import { FakeClock } from '../../../support/fake-clock.ts';

const BAD = 'connection refused';

test('a probe tells when the answer turns, after as many answers as it asks for', async () => {
  const told = await answers({ periodSeconds: 2, successThreshold: 2, failureThreshold: 3 }, true, [
    ...[BAD, BAD, undefined, BAD, BAD, BAD, BAD, undefined, BAD, undefined, undefined],
  ]);
  assert.deepEqual(told.turns, [
    [6, false],
    [11, true],
  ]);
  assert.deepEqual(told.asked, [0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20]);
});

test('what has just started is asked often, until its first good answer', async () => {
  const told = await answers({ initialDelaySeconds: 1, periodSeconds: 10 }, false, [
    BAD,
    BAD,
    BAD,
    undefined,
    undefined,
  ]);
  assert.deepEqual(told.asked, [1, 1.25, 1.5, 1.75, 11.75]);
  assert.deepEqual(told.turns, [[4, true]]);
});

test('an answer that does not come in time is a bad one', async () => {
  const clock = new FakeClock();
  const stop = new AbortController();
  const turned = Promise.withResolvers<boolean>();
  const never = (signal: AbortSignal) =>
    new Promise<string>((resolve) => signal.addEventListener('abort', () => resolve('timed out'), { once: true }));
  const probe = { timeoutSeconds: 1, failureThreshold: 1 };
  const watching = watchProbe(probe, never, true, turned.resolve, { clock, signal: stop.signal });
  await clock.advance(1_000);
  assert.equal(await turned.promise, false);
  stop.abort();
  await watching;
  assert.equal(clock.pending, 0);
});

/** Gives the answers one after the other; resolves with when they were asked for and what was told after which. */
async function answers(probe: object, initially: boolean, given: (string | undefined)[]) {
  const clock = new FakeClock();
  const stop = new AbortController();
  const asked: number[] = [];
  const turns: [number, boolean][] = [];
  const ask = async () => {
    asked.push(clock.now() / 1_000);
    if (asked.length === given.length) queueMicrotask(() => queueMicrotask(() => queueMicrotask(() => stop.abort())));
    return given[asked.length - 1];
  };
  const tell = (holds: boolean) => turns.push([asked.length, holds]);
  const watching = watchProbe(probe, ask, initially, tell, { clock, signal: stop.signal });
  while (!stop.signal.aborted) await clock.advance(250);
  await watching;
  return { asked, turns };
}
