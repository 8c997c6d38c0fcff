/** What is to be done about the warm containers of a server: facts in, plan out; pure. */

import type { AnweddolServerSpec } from '../../api/anweddol-server.ts';
import { ANNOTATION_EXPIRES_AT, ANNOTATION_START_BY } from '../../api/names.ts';
import { slotPorts } from '../../api/server-settings.ts';
import type { VirtualMachineInstance } from '../../kube/resources.ts';
import { freeSlots, fromAnywhere } from '../../virtualization/kubevirt/free-slots.ts';
import { type ContainerReason, deadlineOf, fateOf } from '../container-end.ts';
import { type Booting, bootingOf, isReady, unreadySince } from './booting.ts';
import { type BootFailed, type BootRecord, bootsAllowed, countBoots, retryAt } from './breaker.ts';
import { isBooting, isEnding, isOfOtherKind, isUnclaimed, oldestFirst, slotOf } from './pool-machines.ts';

type PoolSpec = Pick<AnweddolServerSpec, 'service'> & {
  containers: Pick<
    AnweddolServerSpec['containers'],
    'maxRunning' | 'warm' | 'warmStartsAtOnce' | 'startTimeoutSeconds'
  >;
};

export interface PoolFacts {
  spec: PoolSpec;
  /** All of the server, whoever has them, ending ones too. */
  machines: VirtualMachineInstance[];
  /** What machines are to be made of; undefined while none can be made. */
  machineSha256: string | undefined;
  record: BootRecord;
  /** Milliseconds. */
  now: number;
  /** From 0 up to, and not including, 1: with which free slot to begin. */
  start: number;
}

export interface Removal {
  vmi: VirtualMachineInstance;
  reason: ContainerReason;
  /** Given for a boot that counts as failed. */
  failed?: BootFailed;
}

export interface PoolPlan {
  /** They have booted: warm from now on. */
  promote: VirtualMachineInstance[];
  remove: Removal[];
  /** Start deadlines to be moved: one that waits for a node is not late. */
  postpone: { vmi: VirtualMachineInstance; startBy: number }[];
  /** How many machines to begin, and in which slots: as many of them as there may be machines more. */
  boot: { count: number; slots: number[] };
  /** What there will be of machines that stay, once they have been promoted. */
  pool: { wanted: number; target: number; warm: number; booting: number };
  /** Why one of them waits for a place. */
  held?: Extract<Booting, { step: 'held' }>;
  /** When to look again, in milliseconds since the epoch, where nothing will tell. */
  againAt?: number;
}

/** A warm machine whose SSH port does not answer for this long is not given to anybody. */
const UNREADY_MS = 60_000;

export function planPool(facts: PoolFacts): PoolPlan {
  const { spec, machines, machineSha256, record, now, start } = facts;
  const { maxRunning, warm: wanted, warmStartsAtOnce } = spec.containers;
  const { members, removals } = sift(facts);
  const ofOthers = machines.filter((vmi) => !isEnding(vmi) && !isUnclaimed(vmi)).length;
  const target = Math.max(0, Math.min(wanted, maxRunning - ofOthers));

  const [old, current] = split(members, ({ vmi }) => isOfOtherKind(vmi, machineSha256));
  const [stay, surplus] = keep(current.toSorted(lastToGoFirst), target);
  const [oldUp, oldBooting] = split(old.toSorted(lastToGoFirst), ({ isUp }) => isUp);
  // A warm one of an older kind is better than none, until there is one of the new.
  const [oldKept, oldSurplus] = keep(oldUp, target - stay.filter(({ isUp }) => isUp).length);

  const booting = stay.filter(({ isUp }) => !isUp).length;
  const failed = removals.flatMap((removal) => removal.failed ?? []);
  const soon = countBoots(record, { succeeded: 0, failed, machineSha256 }, now);
  const allowed = machineSha256 ? Math.min(warmStartsAtOnce - booting, bootsAllowed(soon, booting, now)) : 0;
  const missing = Math.max(0, target - stay.length);
  const due = Math.max(0, Math.min(missing, allowed));
  const slots = fromAnywhere(freeSlots(spec, machines), start);
  const count = Math.min(due, slots.length);

  // Where no slot is free for the new, old ones make place; what ends already will give a slot as well.
  const leaving = machines.filter(isEnding).length + removals.length + surplus.length + oldBooting.length;
  const toMakePlace = due - count - leaving - oldSurplus.length;
  const [oldStay, oldGo] = keep(oldKept, oldKept.length - Math.max(0, toMakePlace));

  const kept = [...stay, ...oldStay];
  const outdated = [...oldBooting, ...oldSurplus, ...oldGo];
  return {
    promote: kept.filter(({ vmi, isUp }) => isUp && isBooting(vmi)).map(({ vmi }) => vmi),
    remove: [
      ...removals,
      ...surplus.map(({ vmi }): Removal => ({ vmi, reason: 'Surplus' })),
      ...outdated.map(({ vmi }): Removal => ({ vmi, reason: wanted === 0 ? 'Surplus' : 'Outdated' })),
    ],
    postpone: kept.flatMap((member) => postponed(member, spec, now)),
    boot: { count, slots },
    pool: { wanted, target, warm: kept.filter(({ isUp }) => isUp).length, booting },
    ...heldOf(kept),
    ...earliest([...kept.map(({ at }) => at), missing > 0 ? retryAt(soon) : undefined], now),
  };
}

/** A machine of the pool that is as it should be. */
interface Member {
  vmi: VirtualMachineInstance;
  /** It is warm, or has booted and is to be. */
  isUp: boolean;
  /** When that may be otherwise, in milliseconds. */
  at?: number;
  held?: Extract<Booting, { step: 'held' }>;
}

/** The machines of the pool, and those that can't stay whatever is wanted. */
function sift({ spec, machines, now }: PoolFacts): { members: Member[]; removals: Removal[] } {
  const slots = new Set(slotPorts(spec));
  const members: Member[] = [];
  const removals: Removal[] = [];
  for (const vmi of machines.filter((one) => isUnclaimed(one) && !isEnding(one))) {
    const booting = isBooting(vmi) ? bootingOf(vmi, now) : undefined;
    if (booting?.step === 'failed') {
      const { reason, detail } = booting;
      const why = detail ? `${reason}: ${detail}` : reason;
      removals.push({ vmi, reason, failed: { bootedAt: bootedAt(vmi, spec), why } });
    } else if (booting?.step === 'over') removals.push({ vmi, reason: booting.reason });
    else if (!slots.has(slotOf(vmi))) removals.push({ vmi, reason: 'Surplus' });
    else if (booting) members.push(bootingMember(vmi, booting));
    // A warm machine that has come to its own end is ended as all containers are.
    else if (!fateOf(vmi, now).over) {
      const unreadyAt = isReady(vmi) ? undefined : unreadyLimit(vmi);
      if (unreadyAt !== undefined && unreadyAt <= now) removals.push({ vmi, reason: 'Unready' });
      else members.push({ vmi, isUp: true, ...(unreadyAt !== undefined && { at: unreadyAt }) });
    }
  }
  return { members, removals };
}

function bootingMember(
  vmi: VirtualMachineInstance,
  booting: Extract<Booting, { step: 'booting' | 'held' | 'up' }>,
): Member {
  if (booting.step === 'up') return { vmi, isUp: true };
  return { vmi, isUp: false, at: booting.at, ...(booting.step === 'held' && { held: booting }) };
}

function unreadyLimit(vmi: VirtualMachineInstance): number | undefined {
  const since = unreadySince(vmi);
  return since === undefined ? undefined : since + UNREADY_MS;
}

function bootedAt(vmi: VirtualMachineInstance, { containers }: PoolSpec): number {
  return deadlineOf(vmi, ANNOTATION_START_BY) - containers.startTimeoutSeconds * 1000;
}

/**
 * While a machine waits for a place, its start deadline is that of its life, and this is also what tells later that it
 * has waited.
 */
function postponed({ vmi, isUp, held }: Member, { containers }: PoolSpec, now: number): PoolPlan['postpone'] {
  const startBy = deadlineOf(vmi, ANNOTATION_START_BY);
  const expiresAt = deadlineOf(vmi, ANNOTATION_EXPIRES_AT);
  if (held) return startBy === expiresAt ? [] : [{ vmi, startBy: expiresAt }];
  const whole = now + containers.startTimeoutSeconds * 1000;
  return !isUp && startBy === expiresAt && whole < expiresAt ? [{ vmi, startBy: whole }] : [];
}

/** Of those who must go, the ones that are not up go first, then the oldest. */
function lastToGoFirst(a: Member, b: Member): number {
  if (a.isUp !== b.isUp) return a.isUp ? -1 : 1;
  return -oldestFirst(a.vmi, b.vmi);
}

function split<T>(items: T[], isFirst: (item: T) => boolean): [T[], T[]] {
  return [items.filter(isFirst), items.filter((item) => !isFirst(item))];
}

/** So many from the front, and the others. */
function keep<T>(items: T[], count: number): [T[], T[]] {
  const kept = Math.max(0, count);
  return [items.slice(0, kept), items.slice(kept)];
}

function heldOf(members: Member[]): Pick<PoolPlan, 'held'> {
  const [first] = members.filter(({ held }) => held).toSorted((a, b) => oldestFirst(a.vmi, b.vmi));
  return first?.held ? { held: first.held } : {};
}

function earliest(times: (number | undefined)[], now: number): Pick<PoolPlan, 'againAt'> {
  const ahead = times.filter((time) => time !== undefined && time > now).map(Number);
  return ahead.length > 0 ? { againAt: Math.min(...ahead) } : {};
}
