import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import type { RequestClient } from '../request-client.ts';
import type { ServerMetrics } from '../server-metrics.ts';
import type { RequestContext } from './answer-request.ts';

/**
 * Tells log and metrics of one request, when it is over: no address, and nothing that a client wrote but a verb that is
 * served.
 * @param fields more for the log
 */
export function recordRequest(
  client: RequestClient,
  fields: { generation: number } | { transport: 'http' },
  told: { context: RequestContext; log: Log; metrics: ServerMetrics; clock: Clock },
): void {
  const { context, log, metrics, clock } = told;
  const asked = client.getStoredRequest()?.verb;
  const verb = asked !== undefined && context.handlerOf(asked) ? asked : 'other';
  const answer = client.getSentMessage() ?? 'none';
  const ms = clock.now() - client.getCreationTimestamp();
  log.info({ client: client.getID(), verb, answer, ...fields, ms }, 'request answered');
  metrics.requestAnswered(verb, answer, ms);
}
