import type { ObjectReference, StoredEvent } from './event.ts';

/** One event and how often it happened, as it is and as it is stored. */
export interface EventSeries {
  event: Omit<StoredEvent, 'series'>;
  /** Of its object, for the spam filter. */
  object: string;
  count: number;
  /** Milliseconds since the epoch. */
  lastAt: number;
  /** The same by `Clock.elapsed`. */
  lastSeen: number;
  isStored: boolean;
  /** When it was written last, by `Clock.elapsed`. */
  lastWrite: number;
  /** It differs from what is stored. */
  isDirty: boolean;
  failures: number;
}

export function storedEvent({ event, count, lastAt }: EventSeries): StoredEvent {
  return { ...event, ...(count > 1 && { series: { count, lastAt } }) };
}

/** For the log. */
export function fieldsOf(regarding: ObjectReference, reason: string): object {
  return { kind: regarding.kind, namespace: regarding.namespace, name: regarding.name, reason };
}
