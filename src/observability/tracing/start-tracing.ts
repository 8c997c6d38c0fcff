import { hostname } from 'node:os';
import { Counter, type Registry } from 'prom-client';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import { noTracer, type TracesTarget, type Tracing } from '../../runtime/tracing.ts';
import type { SpanCounts } from './open-tracing.ts';

export interface Traced {
  /** The name of the program. */
  program: string;
  version: string;
  /** The namespace and the name of the server whose pod this is. */
  server?: { namespace: string; name: string };
  registry: Registry;
  clock: Clock;
  log: Log;
}

/** Follows the work of a program where there is somebody to tell; else nothing is loaded, and nothing is kept. */
export async function startTracing(target: TracesTarget | undefined, traced: Traced): Promise<Tracing> {
  if (!target) return { tracer: noTracer, close: async () => undefined };
  const { openTracing } = await import('./open-tracing.ts');
  const { program, version, server, registry, clock, log } = traced;
  const resource = {
    'service.name': program,
    'service.version': version,
    'service.instance.id': hostname(),
    ...(server && { 'k8s.namespace.name': server.namespace, 'anweddol.server.name': server.name }),
  };
  const tracing = openTracing({ ...target, resource, clock, log });
  observeSpans(registry, tracing);
  log.info({ sampleRatio: target.sampleRatio }, 'traces are recorded');
  return tracing;
}

function observeSpans(registry: Registry, counts: SpanCounts): void {
  new Counter({
    name: 'anweddol_trace_spans_total',
    help: 'Spans of traces that are over, by what became of them.',
    labelNames: ['outcome'],
    registers: [registry],
    collect() {
      this.reset();
      this.inc({ outcome: 'sent' }, counts.sent);
      this.inc({ outcome: 'dropped' }, counts.dropped);
    },
  });
}
