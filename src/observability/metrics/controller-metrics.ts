import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { ControllerMetrics } from '../../runtime/metrics.ts';

/** Seconds; controller-runtime's. */
const RECONCILE_SECONDS = [
  0.005, 0.01, 0.025, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6, 0.7, 0.8, 0.9, 1, 1.25, 1.5, 1.75, 2,
  2.5, 3, 3.5, 4, 4.5, 5, 6, 7, 8, 9, 10, 15, 20, 25, 30, 40, 50, 60,
];

/** `requeue` never happens here, and stands in stock dashboards. */
const RESULTS = ['success', 'requeue', 'requeue_after', 'error'];

/** What controllers count, as controller-runtime names it. */
export function controllerMetrics(registry: Registry): ControllerMetrics {
  const common = { labelNames: ['controller'] as const, registers: [registry] };
  const counter = (name: string, help: string) => new Counter({ name: `controller_runtime_${name}`, help, ...common });
  const gauge = (name: string, help: string) => new Gauge({ name: `controller_runtime_${name}`, help, ...common });
  const total = new Counter({
    name: 'controller_runtime_reconcile_total',
    help: 'Reconciles by controller and result.',
    labelNames: ['controller', 'result'],
    registers: [registry],
  });
  const seconds = new Histogram({
    name: 'controller_runtime_reconcile_time_seconds',
    help: 'Length of a reconcile.',
    buckets: RECONCILE_SECONDS,
    ...common,
  });
  const errors = counter('reconcile_errors_total', 'Reconciles that failed.');
  const terminal = counter('terminal_reconcile_errors_total', 'Reconciles that failed and are not tried again.');
  const timeouts = counter('reconcile_timeouts_total', 'Reconciles that took longer than they may.');
  const workers = gauge('max_concurrent_reconciles', 'Reconciles that may run at a time.');
  const active = gauge('active_workers', 'Reconciles that run now.');

  return {
    workers(controller, count) {
      workers.set({ controller }, count);
      active.set({ controller }, 0);
      // What has not happened yet is 0, not absent: rates and alerts need the first sample.
      for (const result of RESULTS) total.inc({ controller, result }, 0);
      for (const none of [errors, terminal, timeouts]) none.inc({ controller }, 0);
    },
    active: (controller, count) => active.set({ controller }, count),
    reconciled(controller, result, took) {
      const failed = result === 'error' || result === 'terminal' || result === 'timeout';
      total.inc({ controller, result: failed ? 'error' : result });
      seconds.observe({ controller }, took);
      if (failed) errors.inc({ controller });
      if (result === 'terminal') terminal.inc({ controller });
      if (result === 'timeout') timeouts.inc({ controller });
    },
  };
}
