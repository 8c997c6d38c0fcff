import type { Clock } from '../clock.ts';
import { Fence, type Moment } from './fence.ts';
import { type LeaseLock, type LeaseRecord, released, taken } from './lease-lock.ts';
import { ObservedLease } from './observed-lease.ts';

export interface LeaseClaimOptions {
  lock: LeaseLock;
  identity: string;
  durationMs: number;
  clock: Clock;
  /** A renewal needs more than one request. */
  slowPath: () => void;
}

/** What came of trying to get a lease: `since` is when the request began that got it. */
export type Taking = { held: true; since: Moment } | { held: false; holder: string; expiresInMs: number };

/** `unknown`: somebody wrote at the same time, and the next try will tell. */
export type Renewal = { held: true; since: Moment } | { held: false; holder: string } | { held: 'unknown' };

interface Version {
  record: LeaseRecord;
  version: string;
}

/** One candidate's requests for one lease. Every method throws what the lock throws; a lost race is no error. */
export class LeaseClaim {
  readonly #options: LeaseClaimOptions;
  readonly #observed = new ObservedLease();
  /** As last written here; absent when what is there now isn't known. */
  #own: Version | undefined;

  constructor(options: LeaseClaimOptions) {
    this.#options = options;
  }

  /** Takes the lease when it is free, expired, or ours already. The second signal is for the request that changes it. */
  async take(reading: AbortSignal, writing: AbortSignal): Promise<Taking> {
    const { lock, clock, identity, durationMs } = this.#options;
    const seen = await lock.read(reading);
    reading.throwIfAborted();
    if (seen) this.#observed.see(seen.record, clock.elapsed());
    const holder = seen?.record.holder ?? '';
    const expiresInMs = seen && holder !== identity ? this.#observed.expiresIn(clock.elapsed()) : 0;
    if (expiresInMs > 0) return { held: false, holder, expiresInMs };
    const since = await this.#write(seen, writing);
    // Who was faster, the next read tells.
    return since ? { held: true, since } : { held: false, holder: '', expiresInMs: durationMs };
  }

  async renew(signal: AbortSignal): Promise<Renewal> {
    const { lock, identity, slowPath } = this.#options;
    const since = this.#own && (await this.#write(this.#own, signal));
    if (since) return { held: true, since };
    slowPath();
    const seen = await lock.read(signal);
    if (seen && seen.record.holder !== identity) return { held: false, holder: seen.record.holder };
    const sinceRead = await this.#write(seen, signal);
    return sinceRead ? { held: true, since: sinceRead } : { held: 'unknown' };
  }

  /** Gives the lease back so that anybody may take it at once, when it is still ours. */
  async release(signal: AbortSignal): Promise<void> {
    const { lock, clock, identity } = this.#options;
    const own = this.#own;
    this.#own = undefined;
    if (own && (await lock.update(released(own.record, clock.now()), own.version, signal))) return;
    const seen = await lock.read(signal);
    if (seen?.record.holder !== identity) return;
    await lock.update(released(seen.record, clock.now()), seen.version, signal);
  }

  /** When the request began that wrote our record over the one given; `undefined` when that is no longer there. */
  async #write(previous: Version | undefined, signal: AbortSignal): Promise<Moment | undefined> {
    const { lock, clock, identity, durationMs } = this.#options;
    const since = Fence.moment(clock);
    const record = taken(identity, durationMs, since.now, previous?.record);
    this.#own = undefined;
    const version = await (previous ? lock.update(record, previous.version, signal) : lock.create(record, signal));
    if (version !== undefined) this.#own = { record, version };
    return version === undefined ? undefined : since;
  }
}
