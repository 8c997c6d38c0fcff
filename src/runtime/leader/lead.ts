import { backoffDelay } from '../backoff.ts';
import type { Clock } from '../clock.ts';
import { Deadline } from '../deadline.ts';
import type { Log } from '../log.ts';
import type { LeaderMetrics } from '../metrics.ts';
import { type Leadership, TimedLeadership } from './leadership.ts';
import { LeaseClaim } from './lease-claim.ts';
import type { LeaseLock } from './lease-lock.ts';

export interface LeaderOptions {
  lock: LeaseLock;
  /** Of this process, and of no other one that ever was: a host's name and something random. */
  identity: string;
  clock: Clock;
  log: Log;
  metrics?: LeaderMetrics | undefined;
  /** Ends the wait for the lease. Work that runs already is told by whoever stops it; the lease is kept until it ends. */
  signal: AbortSignal;
  /** How long others wait after the last renewal that they saw. Default 15 s. */
  leaseDurationMs?: number;
  /** How long the leader goes on without a renewal. Shorter than the lease: what was sent last has that long to arrive. Default 10 s. */
  renewDeadlineMs?: number;
  /** The longest wait between two tries; the shortest is half of it. Default 2 s. */
  retryMs?: number;
  /** For the waits; see `backoffDelay`. */
  random?: () => number;
}

type Settings = LeaderOptions & Required<Pick<LeaderOptions, 'leaseDurationMs' | 'renewDeadlineMs' | 'retryMs'>>;

/** How long work may go on after leadership was lost before it is left alone. */
const UNWIND_MS = 5_000;

/**
 * Waits for the lease, runs `work` while it is held and renewed, and gives it back when the work has ended. At no moment
 * does `assertLeading()` pass for two processes whose clocks run at the same rate.
 * @returns false when it was stopped before it led
 * @throws LeadershipLost when the lease was lost before the work ended: the process should exit, since what it has in
 *   memory and under way is from a time when it led. Besides, whatever the work throws.
 */
export async function lead(options: LeaderOptions, work: (leadership: Leadership) => Promise<void>): Promise<boolean> {
  const settings = withDefaults(options);
  const { lock, identity, clock, log, metrics, signal } = settings;
  const claim = new LeaseClaim({
    lock,
    identity,
    clock,
    durationMs: settings.leaseDurationMs,
    slowPath: () => metrics?.slowPath(lock.name),
  });
  metrics?.leading(lock.name, false);
  const leadership = await acquire(claim, settings);
  if (!leadership) return false;
  using ended = new Deadline(clock);
  using unwinding = new Deadline(clock);
  const renewing = renew(claim, leadership, settings, ended.signal);
  try {
    if (signal.aborted) return false;
    metrics?.leading(lock.name, true);
    log.info({ lease: lock.name, identity }, 'leading');
    await Promise.race([work(leadership), unwound(leadership.signal, unwinding, settings)]);
    leadership.signal.throwIfAborted();
    return true;
  } catch (error) {
    // What the work threw because of it says less.
    throw leadership.signal.aborted ? leadership.signal.reason : error;
  } finally {
    ended.abort(new Error('the work has ended'));
    await renewing;
    metrics?.leading(lock.name, false);
    if (!leadership.signal.aborted) {
      // What the work left running must not write on the account of a lease that is somebody else's in a moment.
      leadership.lose('the work has ended');
      await release(claim, settings);
    }
  }
}

function withDefaults(options: LeaderOptions): Settings {
  const { leaseDurationMs = 15_000, renewDeadlineMs = 10_000, retryMs = 2_000 } = options;
  if (!(leaseDurationMs > renewDeadlineMs && renewDeadlineMs > retryMs && retryMs > 0)) {
    throw new RangeError(
      `lease ${leaseDurationMs} ms > renew deadline ${renewDeadlineMs} ms > retry ${retryMs} ms > 0`,
    );
  }
  return { ...options, leaseDurationMs, renewDeadlineMs, retryMs };
}

/** Two tries fit into the renew deadline. */
function tryMs({ renewDeadlineMs }: Settings): number {
  return renewDeadlineMs / 2;
}

function pause({ retryMs, random }: Settings): number {
  return backoffDelay(1, { initialMs: retryMs, maxMs: retryMs, ...(random && { random }) });
}

/** `undefined` when it was stopped first. */
async function acquire(claim: LeaseClaim, settings: Settings): Promise<TimedLeadership | undefined> {
  const { lock, clock, log, signal, renewDeadlineMs } = settings;
  let toldHolder: string | undefined;
  while (!signal.aborted) {
    let wait = pause(settings);
    try {
      const taking = await attempt(claim, settings);
      if (taking.held) return new TimedLeadership(clock, renewDeadlineMs, taking.since);
      if (taking.holder && taking.holder !== toldHolder) {
        toldHolder = taking.holder;
        log.info({ lease: lock.name, holder: taking.holder }, 'waiting for the lease');
      }
      wait = Math.min(wait, taking.expiresInMs);
    } catch (error) {
      if (!signal.aborted) log.warn({ lease: lock.name, err: error }, 'the lease could not be asked for');
    }
    await clock.sleep(wait, signal).catch(() => undefined);
  }
  return undefined;
}

/** A stop ends the reading, but not a write: whether that got the lease has to be known, so that it is given back. */
async function attempt(claim: LeaseClaim, settings: Settings) {
  const { clock, signal } = settings;
  using reading = new Deadline(clock, signal);
  using writing = new Deadline(clock);
  for (const deadline of [reading, writing]) deadline.set(tryMs(settings), () => new Error('no answer in time'));
  return await claim.take(reading.signal, writing.signal);
}

/** Keeps the lease until the work has ended or it is lost. */
async function renew(
  claim: LeaseClaim,
  leadership: TimedLeadership,
  settings: Settings,
  ended: AbortSignal,
): Promise<void> {
  const { lock, clock, log } = settings;
  using stop = new Deadline(clock, ended);
  leadership.signal.addEventListener('abort', () => stop.abort(leadership.signal.reason), { once: true });
  while (!stop.signal.aborted) {
    await clock.sleep(pause(settings), stop.signal).catch(() => undefined);
    if (stop.signal.aborted) break;
    using call = new Deadline(clock, stop.signal);
    call.set(tryMs(settings), () => new Error('no answer in time'));
    try {
      const renewal = await claim.renew(call.signal);
      if (renewal.held === true) leadership.extend(renewal.since);
      else if (!renewal.held) leadership.lose(`the lease went to ${renewal.holder || 'nobody'}`);
    } catch (error) {
      if (!stop.signal.aborted) log.warn({ lease: lock.name, err: error }, 'the lease could not be renewed');
    }
  }
  if (leadership.signal.aborted) log.error({ lease: lock.name, err: leadership.signal.reason }, 'leadership lost');
}

/** Resolves when the work had its time to end after leadership was lost. */
function unwound(lost: AbortSignal, unwinding: Deadline, { lock, log }: Settings): Promise<void> {
  return new Promise((resolve) => {
    unwinding.signal.addEventListener('abort', () => {
      log.error({ lease: lock.name }, 'work goes on after leadership was lost');
      resolve();
    });
    lost.addEventListener('abort', () => unwinding.set(UNWIND_MS, () => new Error('the work goes on')));
  });
}

async function release(claim: LeaseClaim, settings: Settings): Promise<void> {
  const { lock, clock, log } = settings;
  using call = new Deadline(clock);
  call.set(tryMs(settings), () => new Error('no answer in time'));
  try {
    await claim.release(call.signal);
    log.info({ lease: lock.name }, 'lease released');
  } catch (error) {
    log.warn({ lease: lock.name, err: error }, 'the lease could not be given back: others wait for its end');
  }
}
