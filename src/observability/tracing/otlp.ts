/** Spans as a collector takes them: OTLP in JSON. @see https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding */
import type { SpanRecord } from './span-record.ts';

/** Whose the spans are, in the words of OpenTelemetry: `service.name` and so on. */
export type TraceResource = Record<string, string>;

const SCOPE = { name: 'anweddol' };
const KIND = { internal: 1, server: 2 };
const STATUS_ERROR = 2;
/** That the trace is recorded, as in a traceparent. */
const FLAG_SAMPLED = 1;

/** The body of a request to `/v1/traces`. */
export function otlpJson(spans: readonly SpanRecord[], resource: TraceResource): string {
  const scopeSpans = [{ scope: SCOPE, spans: spans.map(otlpSpan) }];
  return JSON.stringify({ resourceSpans: [{ resource: { attributes: attributes(resource) }, scopeSpans }] });
}

function otlpSpan({ traceId, spanId, parentId, name, start, end, error, attributes: facts }: SpanRecord) {
  return {
    traceId,
    spanId,
    ...(parentId && { parentSpanId: parentId }),
    flags: FLAG_SAMPLED,
    name,
    kind: parentId ? KIND.internal : KIND.server,
    startTimeUnixNano: nanoseconds(start),
    endTimeUnixNano: nanoseconds(end),
    attributes: attributes({ ...facts, ...(error && { 'error.type': error }) }),
    ...(error && { status: { code: STATUS_ERROR, message: error } }),
  };
}

/** A number of this size has no room for nanoseconds; microseconds fit. */
function nanoseconds(ms: number): string {
  return `${Math.round(ms * 1000)}000`;
}

function attributes(facts: SpanRecord['attributes']) {
  return Object.entries(facts).map(([key, value]) => ({ key, value: anyValue(value) }));
}

function anyValue(value: string | number | boolean) {
  if (typeof value === 'string') return { stringValue: value };
  if (typeof value === 'boolean') return { boolValue: value };
  return Number.isInteger(value) ? { intValue: String(value) } : { doubleValue: value };
}
