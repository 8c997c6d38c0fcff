import type { LeaseRecord } from './lease-lock.ts';

/**
 * A lease as one candidate sees it. It has expired when its record did not change for its duration by the candidate's own
 * clock: what the holder's clock shows says nothing here. All times are of `Clock.elapsed`.
 */
export class ObservedLease {
  #record: LeaseRecord | undefined;
  #since = 0;

  get holder(): string | undefined {
    return this.#record?.holder;
  }

  /** @param elapsed a moment after the record was read, so that the holder's change of it lies before */
  see(record: LeaseRecord, elapsed: number): void {
    if (this.#record && isSame(this.#record, record)) return;
    this.#record = record;
    this.#since = elapsed;
  }

  /** Milliseconds until anybody may take it. */
  expiresIn(elapsed: number): number {
    if (!this.#record?.holder) return 0;
    return Math.max(0, this.#since + this.#record.durationMs - elapsed);
  }
}

function isSame(one: LeaseRecord, other: LeaseRecord): boolean {
  return (
    one.holder === other.holder &&
    one.durationMs === other.durationMs &&
    one.acquiredAt === other.acquiredAt &&
    one.renewedAt === other.renewedAt &&
    one.transitions === other.transitions
  );
}
