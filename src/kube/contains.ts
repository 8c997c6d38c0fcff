import { isSameQuantity } from './quantity.ts';

/** The fields whose values are quantities, which an API server stores in a form of its own. */
const QUANTITIES = new Set(['requests', 'limits']);

/**
 * Whether everything in `wanted` stands in `live`, an object as the API server stored it, which may hold more: defaults, and
 * what others added. What is empty need not be there, for it is not stored.
 */
export function contains(live: unknown, wanted: unknown): boolean {
  return holds(live, wanted, Object.is);
}

function holds(live: unknown, wanted: unknown, equal: (live: unknown, wanted: unknown) => boolean): boolean {
  if (Array.isArray(wanted)) {
    if (live === undefined) return wanted.length === 0;
    return (
      Array.isArray(live) && live.length === wanted.length && wanted.every((item, i) => holds(live[i], item, equal))
    );
  }
  if (isRecord(wanted)) {
    const known = live === undefined ? {} : live;
    return isRecord(known) && Object.entries(wanted).every(([key, value]) => holdsField(known, key, value, equal));
  }
  return equal(live, wanted);
}

function holdsField(live: Record<string, unknown>, key: string, wanted: unknown, equal: typeof Object.is): boolean {
  return wanted === undefined || holds(live[key], wanted, QUANTITIES.has(key) ? equalQuantities : equal);
}

function equalQuantities(live: unknown, wanted: unknown): boolean {
  return Object.is(live, wanted) || isSameQuantity(String(live), String(wanted));
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
