import { type LeaderOptions, lead } from '../../../../src/runtime/leader/lead.ts';
import { type Leadership, LeadershipLost } from '../../../../src/runtime/leader/leadership.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { RecordedLog } from '../../../support/recorded-log.ts';
import { MemoryLease, type Network } from './memory-lease.ts';

/** A network that a test cuts: requests then get no answer until their signal aborts. */
class Cable {
  cut = false;
  /** Answers wait for it. */
  answers = Promise.resolve();
  /** Requests so far. */
  requests = 0;

  readonly network: Network = async (apply, signal) => {
    this.requests += 1;
    signal.throwIfAborted();
    if (!this.cut) {
      const answer = apply();
      await this.answers;
      return answer;
    }
    return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  };
}

/** One elector whose work goes on until a test ends it. All of them are on one clock. */
export function elect(
  lease = new MemoryLease(),
  clock = new FakeClock(1_000_000),
  options: Partial<LeaderOptions> = {},
) {
  const log = new RecordedLog();
  const cable = new Cable();
  const stopper = new AbortController();
  const work = Promise.withResolvers<void>();
  const told: string[] = [];
  const elector = {
    lease,
    clock,
    log,
    cable,
    told,
    stopper,
    /** Its work comes to its end. */
    endWork: () => work.resolve(),
    failWork: (error: Error) => work.reject(error),
    leads: () => elector.leadership?.mayWrite() ?? false,
    leadership: undefined as Leadership | undefined,
    ended: Promise.resolve(''),
  };
  const settings: LeaderOptions = {
    lock: lease.lock(cable.network),
    identity: 'a',
    clock,
    log,
    signal: stopper.signal,
    random: () => 1,
    metrics: {
      leading: (_, isLeader) => told.push(isLeader ? 'leading' : 'not leading'),
      slowPath: () => told.push('slow path'),
    },
    ...options,
  };
  elector.ended = lead(settings, (leadership) => {
    elector.leadership = leadership;
    return work.promise;
  }).then(
    (led) => (led ? 'led' : 'stopped'),
    (error) => (error instanceof LeadershipLost ? `lost: ${error.message}` : `failed: ${error.message}`),
  );
  return elector;
}
