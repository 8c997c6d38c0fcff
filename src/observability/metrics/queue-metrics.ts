import { Counter, Gauge, Histogram, type Registry } from 'prom-client';
import type { QueueMetrics } from '../../runtime/metrics.ts';

/** Seconds; client-go's. */
const QUEUE_SECONDS = [1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 0.01, 0.1, 1, 10, 100, 1000];

/** What work queues count, as client-go and controller-runtime name it; each queue belongs to the controller of its name. */
export function queueMetrics(registry: Registry): QueueMetrics {
  const common = { labelNames: ['name', 'controller'] as const, registers: [registry] };
  const labels = (queue: string) => ({ name: queue, controller: queue });
  const observed = new Map<string, () => number[]>();

  const depth = new Gauge({ name: 'workqueue_depth', help: 'Keys that wait for a worker.', ...common });
  const adds = new Counter({ name: 'workqueue_adds_total', help: 'Keys that were added.', ...common });
  const retries = new Counter({
    name: 'workqueue_retries_total',
    help: 'Keys that were added again after a failure.',
    ...common,
  });
  const waited = new Histogram({
    name: 'workqueue_queue_duration_seconds',
    help: 'How long a key waited for a worker.',
    buckets: QUEUE_SECONDS,
    ...common,
  });
  const worked = new Histogram({
    name: 'workqueue_work_duration_seconds',
    help: 'How long a worker had a key.',
    buckets: QUEUE_SECONDS,
    ...common,
  });
  new Gauge({
    name: 'workqueue_unfinished_work_seconds',
    help: 'How long the keys that are being worked on have been so, added up.',
    ...common,
    collect() {
      for (const [queue, ages] of observed) {
        const sum = ages().reduce((total, age) => total + age, 0);
        this.set(labels(queue), sum);
      }
    },
  });
  new Gauge({
    name: 'workqueue_longest_running_processor_seconds',
    help: 'How long the oldest of the keys that are being worked on has been so.',
    ...common,
    collect() {
      for (const [queue, ages] of observed) this.set(labels(queue), Math.max(0, ...ages()));
    },
  });

  return {
    depth: (queue, keys) => depth.set(labels(queue), keys),
    added: (queue) => adds.inc(labels(queue)),
    retried: (queue) => retries.inc(labels(queue)),
    waited: (queue, seconds) => waited.observe(labels(queue), seconds),
    worked: (queue, seconds) => worked.observe(labels(queue), seconds),
    observe(queue, ages) {
      observed.set(queue, ages);
      depth.set(labels(queue), 0);
      for (const none of [adds, retries]) none.inc(labels(queue), 0);
    },
  };
}
