import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { WorkQueue } from '../../../src/runtime/work-queue.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const key = fc.constantFrom('a', 'b', 'c', 'd');
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ what: fc.constant('add' as const), key }) },
  {
    weight: 3,
    arbitrary: fc.record({ what: fc.constant('addAfter' as const), key, ms: fc.integer({ min: -1, max: 60 }) }),
  },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('addRateLimited' as const), key }) },
  { weight: 3, arbitrary: fc.record({ what: fc.constant('pass' as const), ms: fc.nat(30) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** What the queue owes for what was added, kept the simplest way there is. */
class Account {
  readonly violations: string[] = [];
  readonly running = new Set<string>();
  readonly added = new Set<string>();
  readonly delayed = new Map<string, number>();
  additions = 0;
  runs = 0;

  add(key: string, now: number, ms: number): void {
    this.additions += 1;
    this.#moveDue(key, now);
    if (ms <= 0) this.added.add(key);
    else this.delayed.set(key, Math.min(now + ms, this.delayed.get(key) ?? Number.POSITIVE_INFINITY));
  }

  begin(key: string, now: number): void {
    if (this.running.has(key)) this.violations.push(`${key} runs twice at once`);
    this.#moveDue(key, now);
    if (!this.added.delete(key)) this.violations.push(`${key} runs for no reason`);
    this.running.add(key);
    this.runs += 1;
  }

  /** What is due is as good as added now. */
  #moveDue(key: string, now: number): void {
    const at = this.delayed.get(key);
    if (at === undefined || at > now) return;
    this.delayed.delete(key);
    this.added.add(key);
  }
}

async function play(steps: Step[], workers: number, durations: number[]): Promise<Account> {
  const clock = new FakeClock();
  const queue = new WorkQueue({ clock });
  const account = new Account();
  const loops = Array.from({ length: workers }, async () => {
    for (let key = await queue.get(); key !== undefined; key = await queue.get()) {
      account.begin(key, clock.now());
      // No run ends at the very moment that a delay does, where either order would be right.
      await clock.sleep((durations[account.runs % durations.length] ?? 0) + Math.PI / 10);
      account.running.delete(key);
      queue.done(key);
    }
  });
  for (const step of steps) {
    if (step.what === 'pass') {
      await clock.advance(step.ms);
    } else if (step.what === 'add') {
      account.add(step.key, clock.now(), 0);
      queue.add(step.key);
    } else if (step.what === 'addAfter') {
      account.add(step.key, clock.now(), step.ms);
      queue.addAfter(step.key, step.ms);
    } else {
      account.add(step.key, clock.now(), queue.addRateLimited(step.key));
    }
    // A worker that is idle has the key in its hands before the next step.
    await clock.advance(0);
  }
  await clock.advance(200_000);
  queue.shutDown();
  await queue.drained();
  await Promise.all(loops);
  assert.equal(clock.pending, 0);
  return account;
}

test('no key is lost, none runs twice at once, and none runs for no reason', async () => {
  const workers = fc.integer({ min: 1, max: 3 });
  const durations = fc.array(fc.nat(40), { minLength: 1, maxLength: 5 });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { maxLength: 40 }), workers, durations, async (steps, workers, durations) => {
      const account = await play(steps, workers, durations);
      assert.deepEqual(account.violations, []);
      assert.deepEqual([[...account.added], [...account.delayed], [...account.running]], [[], [], []]);
      assert.ok(account.runs <= account.additions);
    }),
    { numRuns: 300 },
  );
});
