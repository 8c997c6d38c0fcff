/** Machines that will not boot are not booted for ever: the count of failures, and what follows from it; pure. */
import type { AnweddolServerStatus } from '../../api/anweddol-server-status.ts';
import { backoffDelay } from '../../runtime/backoff.ts';

/** Boots that failed in a row, as it stands in the status of the server. */
export type BootRecord = NonNullable<AnweddolServerStatus['pool']>;

export const NO_FAILURE: BootRecord = { failedBoots: 0 };

export interface BootFailed {
  /** When the machine was begun, in milliseconds. */
  bootedAt: number;
  why: string;
}

const OPENS_AT = 3;
const BACKOFF = { initialMs: 60_000, maxMs: 1_800_000, jitter: 'none' } as const;
const MAX_CHARACTERS = 256;

/** So many have failed that only one is tried from time to time. */
export function isOpen({ failedBoots }: BootRecord): boolean {
  return failedBoots >= OPENS_AT;
}

/** When the next one may be tried, in milliseconds; undefined while nothing holds them back. */
export function retryAt(record: BootRecord): number | undefined {
  if (!isOpen(record)) return undefined;
  const last = Date.parse(record.lastFailureTime ?? '');
  return Number.isNaN(last) ? undefined : last + backoffDelay(record.failedBoots - OPENS_AT + 1, BACKOFF);
}

/** How many machines may be begun at `now` (milliseconds), seeing how many boot already. */
export function bootsAllowed(record: BootRecord, booting: number, now: number): number {
  if (!isOpen(record)) return Number.POSITIVE_INFINITY;
  return booting === 0 && (retryAt(record) ?? now) <= now ? 1 : 0;
}

/**
 * The record after some boots came to their end at `now` (milliseconds).
 * @param boots `succeeded`: how many became warm; `machineSha256`: what is booted now
 */
export function countBoots(
  record: BootRecord,
  boots: { succeeded: number; failed: BootFailed[]; machineSha256?: string | undefined },
  now: number,
): BootRecord {
  const before = boots.succeeded > 0 ? NO_FAILURE : record;
  const counted = isOpen(before) ? triesSince(before, boots.failed).slice(0, 1) : boots.failed;
  const last = counted.at(-1);
  if (!last) return before;
  const sum = before.failedBoots + counted.length;
  return {
    // However many fail at once: the backoff begins at its beginning.
    failedBoots: isOpen(before) ? sum : Math.min(sum, OPENS_AT),
    lastFailureTime: new Date(now).toISOString(),
    lastFailure: last.why.slice(0, MAX_CHARACTERS),
    ...(boots.machineSha256 && { machineSha256: boots.machineSha256 }),
  };
}

/** Those that were already booting when the others failed tell nothing new. */
function triesSince({ lastFailureTime }: BootRecord, failed: BootFailed[]): BootFailed[] {
  const last = Date.parse(lastFailureTime ?? '');
  return failed.filter(({ bootedAt }) => !(bootedAt < last));
}
