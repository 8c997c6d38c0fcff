import type { AnweddolServer } from '../api/resources.ts';
import type { ConditionType } from './conditions.ts';

const SOON_MS = 10_000;
const LATER_MS = 60_000;
const SOON_FOR_MS = 300_000;

/**
 * In how many milliseconds to look again at what somebody has to put right: soon at first, as he may be at it.
 * @param now milliseconds
 */
export function patience(server: AnweddolServer, type: ConditionType, now: number): number {
  const known = server.status?.conditions?.find((condition) => condition.type === type);
  const isOld = known?.status === 'False' && now - Date.parse(known.lastTransitionTime) >= SOON_FOR_MS;
  return isOld ? LATER_MS : SOON_MS;
}
