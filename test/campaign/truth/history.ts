import { keyOf, type StoredObject, type Version } from './version.ts';

/** All that happened in one namespace, and how it stands. */
export class History {
  readonly versions: Version[] = [];
  readonly objects = new Map<string, StoredObject>();
  readonly #waiters = new Set<() => void>();
  readonly #listeners = new Set<(version: Version) => void>();

  onVersion(listener: (version: Version) => void): void {
    this.#listeners.add(listener);
  }

  add(version: Version): void {
    this.versions.push(version);
    const key = keyOf(version);
    if (version.type === 'DELETED') this.objects.delete(key);
    else this.objects.set(key, version);
    for (const listener of this.#listeners) listener(version);
    for (const check of [...this.#waiters]) check();
  }

  /** Milliseconds since the epoch; 0 before anything happened. */
  get lastChangeAt(): number {
    return this.versions.findLast(({ kind }) => kind !== 'Event')?.at ?? 0;
  }

  get(kind: string, name: string): StoredObject | undefined {
    return this.objects.get(`${kind}/${name}`);
  }

  ofKind(kind: string): StoredObject[] {
    return [...this.objects.values()].filter((stored) => stored.kind === kind);
  }

  /**
   * What `look` finds, now or after a change to come.
   * @throws the signal's reason when it aborts first
   */
  until<T>(look: (history: this) => T | undefined | false, signal: AbortSignal): Promise<T> {
    return new Promise((resolve, reject) => {
      const end = (): void => {
        this.#waiters.delete(check);
        signal.removeEventListener('abort', onAbort);
      };
      const onAbort = (): void => {
        end();
        reject(signal.reason);
      };
      const check = (): void => {
        const found = look(this);
        if (found === undefined || found === false) return;
        end();
        resolve(found);
      };
      if (signal.aborted) return reject(signal.reason);
      signal.addEventListener('abort', onAbort, { once: true });
      this.#waiters.add(check);
      check();
    });
  }
}
