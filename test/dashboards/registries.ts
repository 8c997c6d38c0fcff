import type { Registry } from 'prom-client';
import { handOutMetrics } from '../../src/observability/metrics/hand-out-metrics.ts';
import { operatorMetrics } from '../../src/observability/metrics/operator-metrics.ts';
import { serverMetrics } from '../../src/observability/metrics/server-metrics.ts';
import { createMetrics, observeBuild, observeProcess } from '../../src/observability/metrics.ts';

/** A metric as its registry knows it. */
export interface KnownMetric {
  name: string;
  type: string;
  help: string;
  labelNames: string[];
}

/** The registries of the two programs, as their `main` fills them. */
export function registries(): { operator: Registry; server: Registry } {
  const operator = createMetrics().registry;
  observeProcess(operator);
  observeBuild(operator, 'operator', '0.0.0');
  operatorMetrics(operator);
  const server = createMetrics().registry;
  observeProcess(server);
  observeBuild(server, 'server', '0.0.0');
  serverMetrics(server);
  handOutMetrics(server);
  return { operator, server };
}

/** Labels are no part of the library's type for a metric. */
function metricsIn(registry: Registry): KnownMetric[] {
  return registry.getMetricsAsArray() as unknown as KnownMetric[];
}

/** All that either program exports, by name. */
export function allMetrics(): Map<string, KnownMetric> {
  const { operator, server } = registries();
  return new Map([...metricsIn(operator), ...metricsIn(server)].map((metric) => [metric.name, metric]));
}
