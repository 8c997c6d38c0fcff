import type { KubeClient } from '../kube/client.ts';
import type { Clock } from '../runtime/clock.ts';
import type { Log } from '../runtime/log.ts';

/** What a part of the embedded cluster needs to take part in it: a client of its own, like everybody else. */
export interface Participant {
  client: KubeClient;
  clock: Clock;
  log: Log;
  /** Ends it. */
  signal: AbortSignal;
}
