import { Counter, Gauge, type Registry } from 'prom-client';
import type { LeaderMetrics } from '../../runtime/metrics.ts';

/** What leader election counts, as client-go names it; `name` is the lease's. */
export function leaderMetrics(registry: Registry): LeaderMetrics {
  const common = { labelNames: ['name'] as const, registers: [registry] };
  const status = new Gauge({
    name: 'leader_election_master_status',
    help: '1 while this process leads, 0 while it stands by.',
    ...common,
  });
  const slowPath = new Counter({
    name: 'leader_election_slowpath_total',
    help: 'Renewals of the lease that needed more than one request.',
    ...common,
  });
  return {
    leading(name, isLeader) {
      status.set({ name }, isLeader ? 1 : 0);
      slowPath.inc({ name }, 0);
    },
    slowPath: (name) => slowPath.inc({ name }),
  };
}
