import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import type { Tracing } from '../../runtime/tracing.ts';
import { otlpJson, type TraceResource } from './otlp.ts';
import { spanPoster } from './post-spans.ts';
import { RecordingTracer } from './recording-tracer.ts';
import { SpanExporter } from './span-exporter.ts';

export interface TracingOptions {
  /** The collector's URL for traces, by OTLP over HTTP. */
  endpoint: string;
  /** From 0 to 1. */
  sampleRatio: number;
  resource: TraceResource;
  clock: Clock;
  log: Log;
}

/** Traces that go to a collector. This module is loaded only where there is one; see {@link startTracing}. */
export function openTracing({ endpoint, sampleRatio, resource, clock, log }: TracingOptions): Tracing & SpanCounts {
  const { post, close } = spanPoster(new URL(endpoint));
  const exporter = new SpanExporter({ post, encode: (spans) => otlpJson(spans, resource), clock, log });
  return {
    tracer: new RecordingTracer({ clock, sampleRatio, sink: (span) => exporter.add(span) }),
    get sent() {
      return exporter.sent;
    },
    get dropped() {
      return exporter.dropped;
    },
    async close(signal) {
      await exporter.close(signal);
      close();
    },
  };
}

/** Since the start. */
export interface SpanCounts {
  readonly sent: number;
  readonly dropped: number;
}
