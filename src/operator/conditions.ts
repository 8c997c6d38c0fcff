import type { Condition } from '../api/common-fields.ts';
import type { Reason } from '../api/reasons.ts';

const CONDITION_TYPES = [
  'Ready',
  'Progressing',
  'Degraded',
  'PlatformReady',
  'IsoReady',
  'KeyReady',
  'CertificatesReady',
  'PoolReady',
  'AddressAssigned',
] as const;
export type ConditionType = (typeof CONDITION_TYPES)[number];

/** What is known about one aspect of a server now. */
export interface Finding {
  status: 'True' | 'False' | 'Unknown';
  reason: Reason;
  message: string;
  /** When to look at it again, in milliseconds from now, where nothing will tell of its change. */
  againMs?: number;
}

/**
 * The conditions as they are to stand in the status; an aspect without a finding has none.
 * @param now RFC 3339; becomes `lastTransitionTime` where the status of a condition changes, and only there
 */
export function conditions(
  findings: Partial<Record<ConditionType, Finding>>,
  previous: Condition[],
  observedGeneration: number,
  now: string,
): Condition[] {
  return CONDITION_TYPES.flatMap((type) => {
    const finding = findings[type];
    if (!finding) return [];
    const before = previous.find((condition) => condition.type === type);
    const { status, reason, message } = finding;
    const unchanged = before?.status === status;
    return {
      type,
      status,
      reason,
      message,
      lastTransitionTime: unchanged ? before.lastTransitionTime : now,
      observedGeneration,
    };
  });
}
