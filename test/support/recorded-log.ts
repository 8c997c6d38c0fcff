import type { Log } from '../../src/runtime/log.ts';

export interface LogEntry {
  level: keyof Log;
  message: string;
  fields: Record<string, unknown>;
}

/** A log that keeps its lines, and lets a test wait for one. */
export class RecordedLog implements Log {
  readonly entries: LogEntry[] = [];
  readonly #waiters = new Set<() => void>();

  debug(fields: object, message: string): void {
    this.#add({ level: 'debug', message, fields: { ...fields } });
  }

  info(fields: object, message: string): void {
    this.#add({ level: 'info', message, fields: { ...fields } });
  }

  warn(fields: object, message: string): void {
    this.#add({ level: 'warn', message, fields: { ...fields } });
  }

  error(fields: object, message: string): void {
    this.#add({ level: 'error', message, fields: { ...fields } });
  }

  /** The `count`th line whose message contains `part`, now or later. */
  line(part: string, count = 1): Promise<LogEntry> {
    return new Promise((resolve) => {
      const check = (): void => {
        const entry = this.entries.filter(({ message }) => message.includes(part))[count - 1];
        if (!entry) return;
        this.#waiters.delete(check);
        resolve(entry);
      };
      this.#waiters.add(check);
      check();
    });
  }

  #add(entry: LogEntry): void {
    this.entries.push(entry);
    for (const check of [...this.#waiters]) check();
  }
}
