import {
  ANNOTATION_DELIVER_BY,
  ANNOTATION_DELIVERED_AT,
  ANNOTATION_EXPIRES_AT,
  ANNOTATION_START_BY,
  LABEL_STATE,
} from '../api/names.ts';
import type { VirtualMachineInstance } from '../kube/resources.ts';

/** Why a container is to be destroyed. */
type EndReason = 'Finished' | 'StartDeadline' | 'NeverDelivered' | 'Expired' | 'Malformed';

export type Fate =
  | { over: true; reason: EndReason }
  /** Nothing to do before `at` (milliseconds), when `reason` will hold. */
  | { over: false; at: number; reason: EndReason };

/** For people: what each reason means. */
export const END_NOTES: Record<EndReason, string> = {
  Finished: 'its system has ended',
  StartDeadline: 'it was not ready in time',
  NeverDelivered: 'its client never took the credentials',
  Expired: 'its lifetime is over',
  Malformed: 'its deadlines cannot be read',
};

/** What is to become of a container at `now` (milliseconds). */
export function fateOf(vmi: VirtualMachineInstance, now: number): Fate {
  const phase = vmi.status?.phase;
  if (phase === 'Succeeded' || phase === 'Failed') return { over: true, reason: 'Finished' };
  const deadlines = deadlinesOf(vmi);
  const [first] = deadlines.toSorted((a, b) => a.at - b.at);
  // A container without readable deadlines would live for ever.
  if (!first || deadlines.some(({ at }) => Number.isNaN(at))) return { over: true, reason: 'Malformed' };
  return first.at <= now ? { over: true, reason: first.reason } : { over: false, ...first };
}

function deadlinesOf(vmi: VirtualMachineInstance): { at: number; reason: EndReason }[] {
  const annotations = vmi.metadata.annotations ?? {};
  const at = (annotation: string) => Date.parse(annotations[annotation] ?? '');
  const ready = vmi.metadata.labels?.[LABEL_STATE] === 'ready';
  const delivered = annotations[ANNOTATION_DELIVERED_AT] !== undefined;
  return [
    { at: at(ANNOTATION_EXPIRES_AT), reason: 'Expired' },
    ...(ready ? [] : [{ at: at(ANNOTATION_START_BY), reason: 'StartDeadline' as const }]),
    ...(ready && !delivered ? [{ at: at(ANNOTATION_DELIVER_BY), reason: 'NeverDelivered' as const }] : []),
  ];
}
