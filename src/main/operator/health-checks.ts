import type { HealthChecks } from '../../observability/health.ts';
import { neededCaches } from '../../operator/caches.ts';
import type { Caches } from '../../operator/context.ts';
import type { Clock } from '../../runtime/clock.ts';
import { type SourceHealth, sourceHealth } from '../../runtime/source-health.ts';

/**
 * The API server says something about each minute, and a watch that is silent for two is opened again. Longer than most
 * outages: a restart mends none.
 */
const MAX_SILENCE_MS = 15 * 60_000;

/**
 * Alive: this process answers, and hears from the API server. Ready: it knows the cluster, as a standby does too.
 * @param stop aborts when the program begins to end
 */
export function healthChecks(caches: Caches, clock: Clock, stop: AbortSignal): HealthChecks {
  const look = (): SourceHealth => {
    const sources = Object.entries(neededCaches(caches)).map(([name, { hasSynced, lastHeardAt }]) => {
      const idleMs = lastHeardAt === undefined ? undefined : clock.elapsed() - lastHeardAt;
      return [name, { hasSynced, idleMs }] as const;
    });
    return sourceHealth(Object.fromEntries(sources), MAX_SILENCE_MS);
  };
  return {
    alive: {
      ping: () => undefined,
      watches: () => problem(`nothing heard for ${MAX_SILENCE_MS / 60_000} minutes of`, look().stuck),
    },
    ready: {
      caches: () => problem('not listed yet:', look().unsynced),
      shutdown: () => (stop.aborted ? 'the program is ending' : undefined),
    },
  };
}

function problem(sentence: string, names: string[]): string | undefined {
  return names.length > 0 ? `${sentence} ${names.join(', ')}` : undefined;
}
