import { randomBytes } from 'node:crypto';
import { API_GROUP, API_VERSION } from '../../api/names.ts';
import { REASONS } from '../../api/reasons.ts';
import { AnweddolServer } from '../../api/resources.ts';
import type { ServerSettings } from '../../api/server-settings.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { EventSink } from '../../runtime/events/event.ts';
import type { Log } from '../../runtime/log.ts';
import type { VirtualizationError, VirtualizationErrorCode } from '../../virtualization/errors.ts';

export interface FailureEventsOptions {
  sink: Pick<EventSink, 'create'>;
  server: ServerSettings['server'];
  clock: Clock;
  log: Log;
  /** Ends what is under way. */
  signal: AbortSignal;
}

/** A pod tells of a reason no more often. */
const QUIET_MS = 60_000;

/**
 * Tells the admin, by Events on the AnweddolServer, why containers cannot be had. A server pod may only create Events, so
 * these have no series.
 * @returns what is to be told of each failure; it never throws
 */
export function failureEvents(options: FailureEventsOptions): (error: VirtualizationError) => void {
  const { sink, server, clock, log, signal } = options;
  const toldAt = new Map<VirtualizationErrorCode, number>();
  const regarding = { apiVersion: `${API_GROUP}/${API_VERSION}`, kind: AnweddolServer.kind, ...server };
  return ({ code, message }) => {
    const now = clock.elapsed();
    if (now - (toldAt.get(code) ?? Number.NEGATIVE_INFINITY) < QUIET_MS) return;
    toldAt.set(code, now);
    const event = {
      type: 'Warning' as const,
      reason: code,
      action: 'CreateContainer',
      note: `${REASONS[code].means} (${message})`,
      id: randomBytes(8).toString('hex'),
      regarding,
      at: clock.now(),
    };
    sink.create(event, signal).catch((error: unknown) => {
      log.warn({ code, err: error }, 'the Event of a failed container was not created');
    });
  };
}
