import { ok } from '../answer.ts';
import type { RequestHandler } from '../request-handler.ts';
import type { RuntimeStatistics } from '../runtime-statistics.ts';

/** STAT: version, uptime in whole seconds, and how many containers could be created now. */
export function statHandler(version: string, statistics: () => RuntimeStatistics): RequestHandler {
  return () => {
    const [, , uptime, available] = statistics();
    return ok({ version, uptime, available });
  };
}
