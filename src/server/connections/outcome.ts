import { RuntimeError, ValueError, type WireError } from '../../wire/errors.ts';
import type { Offence } from '../admission/penalties.ts';
import type { HandshakeOutcome } from '../server-metrics.ts';

/** What a connection that ended early is counted as, before its request was there. */
export function outcomeOf(error: unknown): HandshakeOutcome {
  const code = error instanceof RuntimeError ? error.code : undefined;
  if (code === 'TimedOut') return 'timedOut';
  return code === 'Overloaded' || code === 'Refused' ? 'refused' : 'failed';
}

/** What its client is held to account for; undefined when it is not to blame. */
export function offenceOf(error: WireError, hadRequest: boolean): Offence | undefined {
  if (error instanceof ValueError) return hadRequest ? undefined : 'badFrame';
  if (!(error instanceof RuntimeError)) return undefined;
  switch (error.code) {
    case 'TimedOut':
      return 'deadline';
    case 'Flooded':
    case 'Unacknowledged':
    case 'TlsFailed':
      return 'badFrame';
    case 'Closed':
    case 'Refused':
      return hadRequest ? undefined : 'noRequest';
    default:
      return undefined;
  }
}
