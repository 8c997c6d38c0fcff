import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { lead } from '../../../../src/runtime/leader/lead.ts';
import { type Leadership, LeadershipLost } from '../../../../src/runtime/leader/leadership.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { RecordedLog } from '../../../support/recorded-log.ts';
import { MemoryLease, type Network } from './memory-lease.ts';
import { ProcessClock } from './process-clock.ts';

const TIMES = { leaseDurationMs: 1500, renewDeadlineMs: 1000, retryMs: 200 };
const SAMPLE_MS = 23;

interface Fault {
  /** Until the lease is reached, and until the answer is back; a request may arrive long after its sender gave up. */
  there: number;
  back: number;
  lost: 'no' | 'request' | 'answer';
}

const delay = fc.oneof(fc.integer({ min: 0, max: 20 }), fc.integer({ min: 0, max: 2500 }));
const fault: fc.Arbitrary<Fault> = fc.record({
  there: delay,
  back: delay,
  lost: fc.constantFrom('no', 'no', 'no', 'request', 'answer'),
});
const process = fc.nat(2);
const order = fc.constantFrom('as it happened' as const, 'reversed' as const);
const step = fc.oneof(
  { weight: 4, arbitrary: fc.record({ what: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 4000 }) }) },
  { weight: 3, arbitrary: fc.record({ what: fc.constant('pause' as const), process }) },
  { weight: 3, arbitrary: fc.record({ what: fc.constant('resume' as const), process, order }) },
  { weight: 1, arbitrary: fc.record({ what: fc.constant('end work' as const), process }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Processes that elect a leader over and over, each with a clock of its own, over a network with the given faults. */
class World {
  readonly clock = new FakeClock(1_000_000);
  readonly lease = new MemoryLease();
  readonly violations: string[] = [];
  readonly processes: SimulatedProcess[];
  readonly #faults: Fault[];
  #requests = 0;
  isHealed = false;

  constructor(faults: Fault[]) {
    this.#faults = faults;
    this.processes = [0, 1, 2].map((index) => new SimulatedProcess(this, index));
  }

  /** A process that stands still may run on at any moment: what it could do then counts as well. */
  check(): void {
    const leaders = this.processes.filter(leads);
    if (leaders.length > 1) {
      this.violations.push(`${leaders.map(({ name }) => name).join(' and ')} lead at ${this.clock.elapsed()}`);
    }
  }

  network(clock: ProcessClock): Network {
    return (apply, signal) =>
      new Promise((resolve, reject) => {
        const fault = this.isHealed ? undefined : this.#faults[this.#requests++ % this.#faults.length];
        const { there = 1, back = 1, lost = 'no' } = fault ?? {};
        signal.addEventListener('abort', () => reject(signal.reason));
        if (signal.aborted) reject(signal.reason);
        if (lost === 'request') return;
        this.clock.after(there, () => {
          const answer = apply();
          if (lost === 'no') this.clock.after(back, () => clock.happens(() => resolve(answer)));
        });
      });
  }
}

function leads({ leadership }: SimulatedProcess): boolean {
  if (!leadership) return false;
  try {
    leadership.assertLeading();
  } catch {
    assert.equal(leadership.mayWrite(), false);
    return false;
  }
  return leadership.mayWrite();
}

class SimulatedProcess {
  readonly name: string;
  readonly clock: ProcessClock;
  readonly stopper = new AbortController();
  leadership: Leadership | undefined;
  /** How often it led. */
  terms = 0;
  endWork: () => void = () => {};
  readonly ended: Promise<void>;

  constructor(world: World, index: number) {
    this.name = `process ${index}`;
    this.clock = new ProcessClock(world.clock, index * 7777, index * -90_000);
    this.ended = this.#run(world);
  }

  async #run(world: World): Promise<void> {
    const options = {
      ...TIMES,
      lock: world.lease.lock(world.network(this.clock)),
      identity: this.name,
      clock: this.clock,
      log: new RecordedLog(),
      signal: this.stopper.signal,
    };
    while (!this.stopper.signal.aborted) {
      const term = lead(options, async (leadership) => {
        this.leadership = leadership;
        this.terms += 1;
        world.check();
        await new Promise<void>((resolve) => {
          this.endWork = resolve;
          leadership.signal.addEventListener('abort', () => resolve());
          this.stopper.signal.addEventListener('abort', () => resolve());
        });
      });
      await term.catch((error) => assert.ok(error instanceof LeadershipLost, error));
    }
  }
}

async function play(steps: Step[], faults: Fault[]): Promise<World> {
  const world = new World(faults);
  const sample = (): void => {
    world.check();
    world.clock.after(SAMPLE_MS, sample);
  };
  sample();
  for (const step of steps) {
    if (step.what === 'pass') {
      await world.clock.advance(step.ms);
    } else {
      const one = world.processes[step.process];
      if (step.what === 'pause') one?.clock.pause();
      else if (step.what === 'resume') one?.clock.resume(step.order);
      else one?.endWork();
    }
    world.check();
  }
  return world;
}

test('never do two lead at a time, whatever the network does and whoever stands still; and one does when all is well', async () => {
  let terms = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 10, maxLength: 30 }),
      fc.array(fault, { minLength: 1, maxLength: 12 }),
      async (steps, faults) => {
        const world = await play(steps, faults);
        world.isHealed = true;
        for (const { clock } of world.processes) clock.resume('as it happened');
        await world.clock.advance(6_000);
        assert.deepEqual(world.violations, []);
        assert.equal(world.processes.filter(leads).length, 1);
        terms += world.processes.reduce((sum, one) => sum + one.terms, 0);
        for (const { stopper } of world.processes) stopper.abort();
        await world.clock.advance(6_000);
        await Promise.all(world.processes.map(({ ended }) => ended));
      },
    ),
    { numRuns: 100 },
  );
  assert.ok(terms > 100, `leadership changed: ${terms} terms`);
});

test('a process that stood still past its deadline may not write when it runs on, before any timer has run', async () => {
  const world = new World([{ there: 0, back: 0, lost: 'no' }]);
  await world.clock.advance(100);
  const [leader] = world.processes.filter(leads);
  assert.ok(leader?.leadership);
  leader.clock.pause();
  await world.clock.advance(60_000);
  // Nor when the wall clock is set back to before it fell asleep.
  world.clock.setForward(-60_000);
  const { leadership } = leader;
  assert.equal(leadership.signal.aborted, false, 'nothing has run in it');
  assert.throws(() => leadership.assertLeading(), LeadershipLost);
  assert.equal(world.processes.filter((one) => one !== leader && leads(one)).length, 1);
  leader.clock.resume('as it happened');
  for (const { stopper } of world.processes) stopper.abort();
  await world.clock.advance(6_000);
  await Promise.all(world.processes.map(({ ended }) => ended));
});
