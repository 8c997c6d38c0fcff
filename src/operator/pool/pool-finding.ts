import { isAboutQuota } from '../../virtualization/kubevirt/platform-error.ts';
import type { Finding } from '../conditions.ts';
import { type BootRecord, isOpen, retryAt } from './breaker.ts';
import type { PoolPlan } from './plan-pool.ts';

export interface PoolState {
  pool: PoolPlan['pool'];
  held?: PoolPlan['held'];
  record: BootRecord;
  /** Why no machine can be made at all. */
  waitsFor?: string | undefined;
  /** Why the cluster would not take the last one. */
  refused?: string | undefined;
}

const MAX_CHARACTERS = 1024;

/** What is known of the pool of a server, as its condition tells it; pure. */
export function poolFinding(state: PoolState): Finding {
  const { status, reason, message } = findingOf(state);
  return { status, reason, message: message.slice(0, MAX_CHARACTERS) };
}

function findingOf({ pool, held, record, waitsFor, refused }: PoolState): Finding {
  const { wanted, target, warm, booting } = pool;
  const count = `${warm} of ${wanted} warm`;
  if (waitsFor !== undefined && wanted > 0) return problem('PoolWaiting', `${count}; none can be booted: ${waitsFor}`);
  if (warm >= wanted)
    return { status: 'True', reason: 'PoolFull', message: `${Math.min(warm, wanted)} of ${wanted} warm` };
  if (warm >= target)
    return { status: 'True', reason: 'PoolLimited', message: `${count}; clients have the other slots` };
  if (isOpen(record)) return problem('PoolBootsFail', `${count}; ${failuresOf(record)}`);
  if (refused !== undefined) {
    return problem(isAboutQuota(refused) ? 'PoolQuotaExceeded' : 'PoolMachineRefused', `${count}; ${refused}`);
  }
  if (held) return problem(held.reason, `${count}; one waits: ${held.message}`);
  return problem('PoolFilling', `${count}; ${booting} booting`);
}

function problem(reason: Finding['reason'], message: string): Finding {
  return { status: 'False', reason, message };
}

/** For people: how many failed, how the last one did, and when the next is tried. */
export function failuresOf(record: BootRecord): string {
  const { failedBoots, lastFailure = 'unknown' } = record;
  const at = retryAt(record);
  const next = at === undefined ? '' : `; one is tried after ${new Date(at).toISOString()}`;
  return `${failedBoots} boots in a row failed, the last one with ${lastFailure}${next}`;
}
