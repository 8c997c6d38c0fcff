import { collectDefaultMetrics, Gauge, Registry } from 'prom-client';
import type { RequestMetrics } from '../kube/request-metrics.ts';
import type { ControllerMetrics, LeaderMetrics, QueueMetrics } from '../runtime/metrics.ts';
import { controllerMetrics } from './metrics/controller-metrics.ts';
import { leaderMetrics } from './metrics/leader-metrics.ts';
import { queueMetrics } from './metrics/queue-metrics.ts';
import { requestMetrics } from './metrics/request-metrics.ts';

/** What one program counts, under the names that controller-runtime and client-go gave it, so that their dashboards fit. */
export interface Metrics {
  queue: QueueMetrics;
  controller: ControllerMetrics;
  leader: LeaderMetrics;
  requests: RequestMetrics;
  /** For metrics of the domain. */
  registry: Registry;
}

export function createMetrics(): Metrics {
  const registry = new Registry();
  return {
    queue: queueMetrics(registry),
    controller: controllerMetrics(registry),
    leader: leaderMetrics(registry),
    requests: requestMetrics(registry),
    registry,
  };
}

/** Wakes the process ten times a second, which costs a thousandth of a CPU. */
const EVENT_LOOP_PRECISION_MS = 100;

/** Gauges of the library's with the suffix of counters; each is the sum of a metric that stays. */
const MISNAMED = ['nodejs_active_handles_total', 'nodejs_active_requests_total', 'nodejs_active_resources_total'];

/** Adds what this process uses: CPU, memory, open files, event loop, garbage collection. Once in a process. */
export function observeProcess(registry: Registry): void {
  collectDefaultMetrics({ register: registry, eventLoopMonitoringPrecision: EVENT_LOOP_PRECISION_MS });
  for (const name of MISNAMED) registry.removeSingleMetric(name);
}

/** Adds which build this is: a gauge that is always 1, as its labels say. */
export function observeBuild(registry: Registry, program: string, version: string): void {
  const labelNames = ['program', 'version', 'node'];
  new Gauge({ name: 'anweddol_build_info', help: 'Which build runs.', labelNames, registers: [registry] }).set(
    { program, version, node: process.version },
    1,
  );
}
