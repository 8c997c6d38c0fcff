import { BoundedMap } from './bounded-map.ts';
import { type Happening, identityOf, type ObjectReference } from './event.ts';

export interface SimilarEventsOptions {
  /** Notes of one reason, on one object and within the window, that get an event each. */
  max: number;
  windowMs: number;
  /** Reasons on objects that are remembered. */
  limit: number;
}

/** What is stored as one event, and counted, has one key. */
export interface Correlated {
  key: string;
  note: string;
}

/** Finds what is the same as before, and combines what differs in nothing but its note once there is too much of it. */
export class SimilarEvents {
  readonly #options: SimilarEventsOptions;
  /** When each note was seen last, by `Clock.elapsed`. */
  readonly #notes: BoundedMap<Map<string, number>>;

  constructor(options: SimilarEventsOptions) {
    this.#options = options;
    this.#notes = new BoundedMap(options.limit);
  }

  correlate(regarding: ObjectReference, happening: Happening, now: number): Correlated {
    const { type, reason, action, note, related } = happening;
    const group = JSON.stringify([identityOf(regarding), type, reason, action, related ? identityOf(related) : '']);
    const notes = this.#notes.get(group) ?? new Map<string, number>();
    for (const [old, seen] of notes) if (now - seen > this.#options.windowMs) notes.delete(old);
    this.#notes.set(group, notes);
    if (!notes.has(note) && notes.size >= this.#options.max) {
      return { key: group, note: `(combined from similar events): ${note}` };
    }
    notes.set(note, now);
    return { key: group + note, note };
  }
}
