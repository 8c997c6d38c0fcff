/** What a source shows of itself; a store that a reflector fills fits. */
export interface ObservedSource {
  readonly hasSynced: boolean;
  /** Milliseconds since its last sign of life, a failed try to get on among them. Absent: it can't tell. */
  readonly idleMs?: number | undefined;
}

export interface SourceHealth {
  /** Everything needed is synced: what looks into the caches finds what there is. */
  isReady: boolean;
  /** Nothing has stopped without a word: where something has, only a new process helps. */
  isAlive: boolean;
  /** The names of those that are needed and not synced yet. */
  unsynced: string[];
  /** The names of those without a sign of life for too long. */
  stuck: string[];
}

/**
 * Whether a program can work and is worth keeping, by what its sources show. An API server that is away is no reason to
 * end the program, since trying in vain is a sign of life.
 * @param mayBeAbsent names of those that nothing has to wait for
 */
export function sourceHealth(
  sources: Record<string, ObservedSource>,
  maxIdleMs: number,
  mayBeAbsent: readonly string[] = [],
): SourceHealth {
  const all = Object.entries(sources);
  const unsynced = all.filter(([name, { hasSynced }]) => !hasSynced && !mayBeAbsent.includes(name));
  const stuck = all.filter(([, { idleMs }]) => idleMs !== undefined && idleMs > maxIdleMs);
  return {
    isReady: unsynced.length === 0,
    isAlive: stuck.length === 0,
    unsynced: unsynced.map(([name]) => name),
    stuck: stuck.map(([name]) => name),
  };
}
