import type { Crossing } from '../../support/crash-proxy/crossing.ts';
import { type Author, WriteCounter, writeKey } from '../plan/writes.ts';

/** One write, as it came by. */
export interface SeenWrite {
  /** Numbered among its like. */
  write: string;
  who: Author['who'];
  /** Milliseconds since the epoch. */
  at: number;
  crossing: Crossing;
}

/** The writes of a scene. */
export class Written {
  /** Since the counting began anew: of what lasts. */
  writes: SeenWrite[] = [];
  /** Of Leases, since then. */
  leases: SeenWrite[] = [];
  /** Of Events, since then. */
  events: SeenWrite[] = [];
  /** Of what lasts, from the beginning. */
  readonly all: SeenWrite[] = [];
  #counter = new WriteCounter();

  countAnew(): void {
    this.writes = [];
    this.leases = [];
    this.events = [];
    this.#counter = new WriteCounter();
  }

  /** @returns what names the write; undefined for what changes nothing, or is only told */
  take(who: Author['who'], crossing: Crossing): string | undefined {
    if (!crossing.write) return undefined;
    const { passing } = crossing.write;
    const key = writeKey({ who }, crossing.write);
    const seen = { write: this.#counter.next(key), who, at: crossing.at, crossing };
    if (passing === 'event') this.events.push(seen);
    else if (passing === 'lease') this.leases.push(seen);
    else {
      this.writes.push(seen);
      this.all.push(seen);
    }
    return passing === 'event' ? undefined : key;
  }
}

/** What was refused has changed nothing. */
export function committed(writes: readonly SeenWrite[]): string[] {
  return writes.filter(({ crossing }) => (crossing.status ?? 0) < 300).map(({ write }) => write);
}
