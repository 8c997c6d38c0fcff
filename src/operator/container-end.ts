import {
  ANNOTATION_DELIVER_BY,
  ANNOTATION_DELIVERED_AT,
  ANNOTATION_EXPIRES_AT,
  ANNOTATION_START_BY,
  LABEL_STATE,
} from '../api/names.ts';
import type { CONTAINER_REASONS } from '../api/reasons/containers.ts';
import type { VirtualMachineInstance } from '../kube/resources.ts';

export type ContainerReason = keyof typeof CONTAINER_REASONS;

/** Why a container is to be destroyed, as it shows on its own machine. */
type EndReason = Extract<
  ContainerReason,
  'Finished' | 'NodeLost' | 'StartDeadline' | 'NeverDelivered' | 'Expired' | 'Malformed'
>;

export type Fate =
  | { over: true; reason: EndReason }
  /** Nothing to do before `at` (milliseconds), when `reason` will hold. */
  | { over: false; at: number; reason: EndReason };

/** What is to become of a container at `now` (milliseconds). */
export function fateOf(vmi: VirtualMachineInstance, now: number): Fate {
  const ended = endOf(vmi);
  if (ended) return { over: true, reason: ended };
  const deadlines = deadlinesOf(vmi);
  const [first] = deadlines.toSorted((a, b) => a.at - b.at);
  // A container without readable deadlines would live for ever.
  if (!first || deadlines.some(({ at }) => Number.isNaN(at))) return { over: true, reason: 'Malformed' };
  return first.at <= now ? { over: true, reason: first.reason } : { over: false, ...first };
}

/** How a machine that will never run again came to its end; undefined while it has not. */
export function endOf({ status }: VirtualMachineInstance): 'Finished' | 'NodeLost' | undefined {
  if (status?.phase !== 'Succeeded' && status?.phase !== 'Failed') return undefined;
  return status.reason === 'NodeUnresponsive' ? 'NodeLost' : 'Finished';
}

/** A deadline of a container, in milliseconds; NaN when it is missing or can not be read. */
export function deadlineOf(vmi: VirtualMachineInstance, annotation: string): number {
  return Date.parse(vmi.metadata.annotations?.[annotation] ?? '');
}

function deadlinesOf(vmi: VirtualMachineInstance): { at: number; reason: EndReason }[] {
  const at = (annotation: string) => deadlineOf(vmi, annotation);
  const state = vmi.metadata.labels?.[LABEL_STATE];
  const isUp = state === 'warm' || state === 'ready';
  const isDelivered = vmi.metadata.annotations?.[ANNOTATION_DELIVERED_AT] !== undefined;
  return [
    { at: at(ANNOTATION_EXPIRES_AT), reason: 'Expired' },
    ...(isUp ? [] : [{ at: at(ANNOTATION_START_BY), reason: 'StartDeadline' as const }]),
    ...(state === 'ready' && !isDelivered
      ? [{ at: at(ANNOTATION_DELIVER_BY), reason: 'NeverDelivered' as const }]
      : []),
  ];
}
