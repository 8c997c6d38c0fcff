import { Counter, Histogram, type Registry } from 'prom-client';
import type { ContainerStart, CreatePhase, HandOutMetrics } from '../../server/server-metrics.ts';

/** Seconds: from a request to the API server to a machine that is emulated. */
const PHASE_SECONDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300];

/** Each list is complete, as the compiler sees to it. */
const PHASES = keys<CreatePhase>({ claim: 0, boot: 0, login: 0, secret: 0, reply: 0 });
const STARTS = keys<ContainerStart>({ warm: 0, cold: 0 });

/** What a server pod counts of containers on their way to a client. */
export function handOutMetrics(registry: Registry): HandOutMetrics {
  const registers = [registry];
  const phases = new Histogram({
    name: 'anweddol_server_create_phase_duration_seconds',
    help: 'How long a phase of a CREATE took: claim, boot, login (SSH and set-up), secret (and way in), reply.',
    labelNames: ['phase', 'start'],
    buckets: PHASE_SECONDS,
    registers,
  });
  const lost = new Counter({
    name: 'anweddol_server_claims_lost_total',
    help: 'Claims of a warm container, or of a slot (cold), that somebody else was faster with.',
    labelNames: ['start'],
    registers,
  });

  // What has not happened yet is 0, not absent: rates and alerts need the first sample.
  for (const start of STARTS) {
    lost.inc({ start }, 0);
    for (const phase of PHASES) phases.zero({ phase, start });
  }

  return {
    phaseTook: (phase, start, ms) => phases.observe({ phase, start }, ms / 1000),
    claimLost: (start) => lost.inc({ start }),
  };
}

function keys<K extends string>(all: Record<K, 0>): K[] {
  return Object.keys(all) as K[];
}
