import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import type { Tracer } from '../../runtime/tracing.ts';
import type { VirtualizationError } from '../../virtualization/errors.ts';
import type { VirtualizationInterface } from '../../virtualization/virtualization-interface.ts';
import type { DatabaseInterface } from '../database/database-interface.ts';
import type { EventRoutines } from '../events/event-routines.ts';
import type { ServerMetrics } from '../server-metrics.ts';

export interface CreateOptions {
  virtualization: VirtualizationInterface;
  database: DatabaseInterface;
  events: EventRoutines;
  /** Seconds, for all that a CREATE tries together. Looked at for each. */
  readonly startTimeout: number;
  /** What containers boot from, where the virtualization does not know it. */
  iso?: { path: string; sha256: string } | undefined;
  /** Told of each container that could not be had, or failed. */
  onContainerFailed?: ((error: VirtualizationError) => void) | undefined;
  clock: Clock;
  log: Log;
  metrics?: Pick<ServerMetrics, 'createEnded'> | undefined;
  /** Default: nobody follows what is done. */
  tracer?: Tracer | undefined;
}
