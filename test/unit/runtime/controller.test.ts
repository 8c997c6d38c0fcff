import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import test, { type TestContext } from 'node:test';
import { type ControllerOptions, runController } from '../../../src/runtime/controller.ts';
import type { ControllerMetrics } from '../../../src/runtime/metrics.ts';
import { again, againAt, done, type Outcome, TerminalError } from '../../../src/runtime/outcome.ts';
import { WorkQueue } from '../../../src/runtime/work-queue.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { RecordedLog } from '../../support/recorded-log.ts';

function start(t: TestContext, reconcile: ControllerOptions['reconcile'], options: Partial<ControllerOptions> = {}) {
  const clock = new FakeClock();
  const log = new RecordedLog();
  const queue = new WorkQueue({ clock });
  const stopper = new AbortController();
  const runs: string[] = [];
  const stopped = runController({
    name: 'test',
    queue,
    workers: 1,
    log,
    clock,
    signal: stopper.signal,
    reconcile: (key, signal) => {
      runs.push(`${key}@${clock.now()}`);
      return reconcile(key, signal);
    },
    ...options,
  });
  t.after(async () => {
    stopper.abort();
    await clock.advance(60_000);
    await stopped;
  });
  return { clock, log, queue, runs, stopper, stopped };
}

test('a reconcile that is done runs again only when its key is added', async (t) => {
  const { clock, queue, runs } = start(t, async () => done());
  queue.add('a');
  await clock.advance(100_000);
  queue.add('a');
  await clock.advance(0);
  assert.deepEqual(runs, ['a@0', 'a@100000']);
});

test('a reconcile that says so runs again after that time', async (t) => {
  const outcomes: Outcome[] = [again(5000), again(10), done()];
  const { clock, queue, runs } = start(t, async () => outcomes.shift() ?? done());
  queue.add('a');
  await clock.advance(100_000);
  assert.deepEqual(runs, ['a@0', 'a@5000', 'a@5010']);
});

test('a reconcile that throws is logged and runs again, later each time, until it succeeds', async (t) => {
  const failures = [new Error('one'), new Error('two'), new Error('three')];
  const { clock, log, queue, runs } = start(t, async () => {
    const failure = failures.shift();
    if (failure) throw failure;
    return done();
  });
  queue.add('a');
  await clock.advance(1000);
  assert.deepEqual(runs, ['a@0', 'a@5', 'a@15', 'a@35']);
  const [entry] = log.entries;
  assert.deepEqual([entry?.level, entry?.message], ['warn', 'reconcile failed']);
  assert.deepEqual([entry?.fields.controller, entry?.fields.key, entry?.fields.retryInMs], ['test', 'a', 5]);
  assert.match(String(entry?.fields.err), /one/);
  assert.equal(queue.addRateLimited('a'), 5);
});

test('a reconcile that throws before its first await is no different', async (t) => {
  const { clock, log, queue } = start(t, () => {
    throw new Error('a bug');
  });
  queue.add('a');
  await clock.advance(0);
  assert.equal(log.entries.length, 1);
});

test('a terminal error is logged and not tried again', async (t) => {
  const { clock, log, queue, runs } = start(t, async () => {
    throw new TerminalError('no retry mends this');
  });
  queue.add('a');
  await clock.advance(1_000_000);
  assert.deepEqual(runs, ['a@0']);
  assert.deepEqual([log.entries[0]?.level, log.entries[0]?.message], ['error', 'reconcile failed for good']);
});

test('as many keys run at a time as there are workers, and no key twice', async (t) => {
  let running = 0;
  let most = 0;
  const { clock, queue, runs } = start(
    t,
    async () => {
      most = Math.max(most, ++running);
      await clock.sleep(100);
      running -= 1;
      return done();
    },
    { workers: 2 },
  );
  for (const key of ['a', 'b', 'c']) queue.add(key);
  await clock.advance(50);
  queue.add('a');
  await clock.advance(1000);
  assert.equal(most, 2);
  assert.deepEqual(runs, ['a@0', 'b@0', 'c@100', 'a@100']);
});

test('a reconcile that takes too long is aborted and tried again', async (t) => {
  const { clock, log, queue, runs } = start(
    t,
    (_, signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    { reconcileTimeoutMs: 1000 },
  );
  queue.add('a');
  await clock.advance(1005);
  assert.deepEqual(runs, ['a@0', 'a@1005']);
  assert.match(String(log.entries[0]?.fields.err), /longer than 1000 ms/);
});

test('a stop waits for what runs, starts nothing new, and leaves no timer and no listener', async (t) => {
  const { clock, log, queue, runs, stopper, stopped } = start(t, async () => {
    await clock.sleep(500);
    return again(1);
  });
  queue.add('a');
  queue.add('b');
  await clock.advance(100);
  stopper.abort();
  await clock.advance(1000);
  await stopped;
  assert.deepEqual(runs, ['a@0']);
  assert.deepEqual([clock.pending, log.entries, getEventListeners(stopper.signal, 'abort').length], [0, [], 0]);
});

test('at the end of the grace what still runs is aborted', async (t) => {
  const { clock, log, queue, stopper, stopped } = start(
    t,
    (_, signal) => new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason))),
    { graceMs: 2000 },
  );
  queue.add('a');
  await clock.advance(100);
  stopper.abort();
  await clock.advance(2000);
  await stopped;
  assert.ok(log.entries.some(({ message }) => message === 'reconciles still ran at the end of the grace'));
});

test('a controller that is stopped before it starts ends at once', async (t) => {
  const signal = AbortSignal.abort();
  const { clock, stopped } = start(t, async () => done(), { signal });
  await stopped;
  assert.equal(clock.pending, 0);
});

test('a reconcile can say at what time it is to run again', async (t) => {
  const outcomes: Outcome[] = [againAt(5_000), againAt(1_000), done()];
  const { clock, queue, runs } = start(t, async () => outcomes.shift() ?? done());
  queue.add('a');
  await clock.advance(100_000);
  assert.deepEqual(runs, ['a@0', 'a@5000', 'a@5000']);
});

test('a reconcile that ignores its deadline keeps its key, but not its worker', async (t) => {
  const hung = Promise.withResolvers<Outcome>();
  const { clock, log, queue, runs } = start(t, (key) => (key === 'hangs' ? hung.promise : Promise.resolve(done())), {
    reconcileTimeoutMs: 1000,
  });
  queue.add('hangs');
  queue.add('b');
  await clock.advance(5_999);
  assert.deepEqual(runs, ['hangs@0']);
  await clock.advance(1);
  queue.add('hangs');
  await clock.advance(1_000);
  assert.deepEqual(runs, ['hangs@0', 'b@6000']);
  assert.deepEqual([log.entries[0]?.level, log.entries[0]?.message], ['error', 'a reconcile ignores its signal']);
  hung.resolve(done());
  await clock.advance(0);
  assert.equal(runs.at(-1), 'hangs@7000');
});

test('a reconcile that ignores its signal does not keep the controller from ending', async (t) => {
  const { clock, queue, stopper, stopped } = start(t, () => new Promise(() => {}), { graceMs: 2_000 });
  queue.add('a');
  await clock.advance(100);
  stopper.abort();
  let hasEnded = false;
  void stopped.then(() => {
    hasEnded = true;
  });
  await clock.advance(6_999);
  assert.equal(hasEnded, false);
  await clock.advance(1);
  assert.equal(hasEnded, true);
});

test('what runs when leadership is lost is aborted without a grace, and waited for', async (t) => {
  const abandon = new AbortController();
  const reasons: unknown[] = [];
  const reconcile = async (_: string, signal: AbortSignal) => {
    await new Promise((resolve) => signal.addEventListener('abort', resolve));
    reasons.push(signal.reason);
    await clock.sleep(100);
    return done();
  };
  const { clock, queue, stopped, runs } = start(t, reconcile, { abandon: abandon.signal });
  queue.add('a');
  queue.add('b');
  await clock.advance(0);
  abandon.abort('lost');
  await clock.advance(100);
  await stopped;
  assert.deepEqual([reasons, runs], [['lost'], ['a@0']]);
});

test('metrics tell how each reconcile ended, how long it took, and how many workers are at work', async (t) => {
  const told: string[] = [];
  const metrics: ControllerMetrics = {
    workers: (name, count) => told.push(`${name} has ${count}`),
    active: (_, count) => told.push(`${count} active`),
    reconciled: (_, result, seconds) => told.push(`${result} after ${seconds} s`),
  };
  const ends: Record<string, () => Outcome> = {
    well: done,
    later: () => again(1e9),
    fails: () => {
      ends.fails = done;
      throw new Error('no');
    },
    'fails for good': () => {
      throw new TerminalError('no');
    },
  };
  const reconcile = async (key: string, signal: AbortSignal) => {
    await clock.sleep(key === 'hangs' ? 9_000 : 2_000, signal);
    return ends[key]?.() ?? done();
  };
  const { clock, queue } = start(t, reconcile, { metrics, reconcileTimeoutMs: 5_000 });
  await clock.advance(0);
  assert.deepEqual(told.splice(0), ['test has 1']);
  for (const [key, told0] of [
    ['well', 'success after 2 s'],
    ['later', 'requeue_after after 2 s'],
    ['fails', 'error after 2 s'],
    ['fails for good', 'terminal after 2 s'],
    ['hangs', 'timeout after 5 s'],
  ] as const) {
    queue.add(key);
    await clock.advance(5_000);
    assert.deepEqual(told.splice(0, 3), ['1 active', told0, '0 active']);
    await clock.advance(5_000);
    told.length = 0;
  }
});
