/** How many replicas each ReplicaSet of a Deployment should have next. */
import type { Deployment } from '../../../kube/resources.ts';

export interface SetCount {
  name: string;
  /** Asked for. */
  replicas: number;
  available: number;
}

export interface RolloutLimits {
  replicas: number;
  /** How many more than `replicas` there may be. */
  surge: number;
  /** How many fewer than `replicas` may be available. */
  unavailable: number;
}

/** The limits of a Deployment in numbers; `Recreate` is a rollout in which all may be unavailable and none too many. */
export function rolloutLimits(deployment: Deployment): RolloutLimits {
  const { replicas = 1, strategy } = deployment.spec ?? {};
  if (strategy?.type === 'Recreate') return { replicas, surge: 0, unavailable: replicas };
  const { maxSurge = '25%', maxUnavailable = '25%' } = strategy?.rollingUpdate ?? {};
  const surge = absolute(maxSurge, replicas, Math.ceil);
  const unavailable = Math.min(replicas, absolute(maxUnavailable, replicas, Math.floor));
  // Without room in either direction nothing would ever move.
  return { replicas, surge, unavailable: surge === 0 && unavailable === 0 ? 1 : unavailable };
}

/**
 * One step of a rolling update: the new set grows into the room that the surge leaves, the old ones shrink as far as
 * enough stay available. Only the counts that change are given back.
 */
export function nextCounts(current: SetCount, old: SetCount[], limits: RolloutLimits): Map<string, number> {
  const next = new Map<string, number>();
  const total = sum([current, ...old].map(({ replicas }) => replicas));
  const room = Math.max(0, limits.replicas + limits.surge - total);
  const grown = Math.min(limits.replicas, current.replicas + room);
  if (grown !== current.replicas) next.set(current.name, grown);

  const kept = limits.replicas - limits.unavailable;
  // The replicas of the new set that are not available yet can't stand in for old ones.
  let removable = total - kept - Math.max(0, current.replicas - current.available);
  const sick = (set: SetCount) => Math.max(0, set.replicas - set.available);
  // Replicas that are not available go first: nobody misses them.
  for (const amount of [sick, (set: SetCount) => set.replicas - sick(set)]) {
    for (const set of old) {
      const gone = Math.min(amount(set), Math.max(0, removable));
      removable -= gone;
      if (gone > 0) next.set(set.name, (next.get(set.name) ?? set.replicas) - gone);
    }
  }
  return next;
}

function absolute(value: string | number, replicas: number, round: (n: number) => number): number {
  return typeof value === 'number' ? value : round((replicas * Number.parseInt(value, 10)) / 100);
}

function sum(numbers: number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
