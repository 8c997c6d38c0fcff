import { Counter, Histogram, type Registry } from 'prom-client';
import type { RequestMetrics } from '../../kube/request-metrics.ts';

/** Seconds; client-go's. */
const REQUEST_SECONDS = [0.005, 0.025, 0.1, 0.25, 0.5, 1, 2, 4, 8, 15, 30, 60];

/** What requests to the API server count, as client-go names it. */
export function requestMetrics(registry: Registry): RequestMetrics {
  const total = new Counter({
    name: 'rest_client_requests_total',
    help: 'Requests to the API server by status code, method and host.',
    labelNames: ['code', 'method', 'host'],
    registers: [registry],
  });
  const seconds = new Histogram({
    name: 'rest_client_request_duration_seconds',
    help: 'How long the API server took to answer.',
    labelNames: ['verb', 'host'],
    buckets: REQUEST_SECONDS,
    registers: [registry],
  });
  const throttled = new Histogram({
    name: 'rest_client_rate_limiter_duration_seconds',
    help: "How long requests waited for this client's own rate limit.",
    buckets: REQUEST_SECONDS,
    registers: [registry],
  });
  return {
    answered({ method, host, code, seconds: took }) {
      total.inc({ code, method, host });
      seconds.observe({ verb: method, host }, took);
    },
    throttled: (waited) => throttled.observe(waited),
  };
}
