import type { EventSink, StoredEvent } from '../../../../src/runtime/events/event.ts';

/** Events in memory, and what was asked for. A test lets it fail, or hang. */
export class MemorySink implements EventSink {
  readonly stored = new Map<string, StoredEvent>();
  readonly calls: string[] = [];
  /** What the next calls do instead of storing. */
  readonly failures: (() => Promise<void>)[] = [];

  async create(event: StoredEvent): Promise<void> {
    this.calls.push('create');
    await this.failures.shift()?.();
    this.stored.set(event.id, structuredClone(event));
  }

  async update(event: StoredEvent): Promise<boolean> {
    this.calls.push('update');
    await this.failures.shift()?.();
    if (!this.stored.has(event.id)) return false;
    this.stored.set(event.id, structuredClone(event));
    return true;
  }

  /** Note and count of each. */
  get summary(): [string, number][] {
    return [...this.stored.values()].map(({ note, series }) => [note, series?.count ?? 1]);
  }
}
