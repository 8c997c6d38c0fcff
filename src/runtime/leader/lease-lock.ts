/** Who has a lease. Times are in milliseconds since the epoch, of the holder's wall clock: nobody else may reckon with them. */
export interface LeaseRecord {
  /** Empty: nobody's. */
  holder: string;
  /** How long others leave it to its holder after the last change that they saw. */
  durationMs: number;
  acquiredAt: number;
  renewedAt: number;
  /** How often it went from one holder to another. */
  transitions: number;
}

/** One record that everybody reads, and changes only as they have read it. */
export interface LeaseLock {
  /** For the log and the metrics. */
  readonly name: string;
  /** `undefined` when there is none. The version changes with every change of the record. */
  read(signal: AbortSignal): Promise<{ record: LeaseRecord; version: string } | undefined>;
  /** The version of the new record; `undefined` when there was one already. */
  create(record: LeaseRecord, signal: AbortSignal): Promise<string | undefined>;
  /** The new version; `undefined` when the record is no longer at `version`, and stays as it is. */
  update(record: LeaseRecord, version: string, signal: AbortSignal): Promise<string | undefined>;
}

/** The record with which `holder` takes a lease, from whoever had it before. */
export function taken(holder: string, durationMs: number, now: number, previous: LeaseRecord | undefined): LeaseRecord {
  if (previous?.holder === holder) return { ...renewed(previous, now), durationMs };
  return { holder, durationMs, acquiredAt: now, renewedAt: now, transitions: previous ? previous.transitions + 1 : 0 };
}

/** The same holder's next record. It differs from the last one also when the wall clock was set back in between. */
function renewed(record: LeaseRecord, now: number): LeaseRecord {
  return { ...record, renewedAt: Math.max(now, record.renewedAt + 1) };
}

/** The record of a lease that its holder gave back: anybody may take it at once. */
export function released(record: LeaseRecord, now: number): LeaseRecord {
  return { ...record, holder: '', durationMs: 1000, acquiredAt: now, renewedAt: now };
}
