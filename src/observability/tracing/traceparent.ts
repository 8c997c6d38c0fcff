/** Which trace work belongs to, as programs tell each other. @see https://www.w3.org/TR/trace-context/#traceparent-header */

export interface TraceContext {
  traceId: string;
  /** Of the span that more of the trace goes below. */
  spanId: string;
}

const FORM = /^00-(?<traceId>(?!0{32})[0-9a-f]{32})-(?<spanId>(?!0{16})[0-9a-f]{16})-(?<flags>[0-9a-f]{2})$/;
const SAMPLED = 1;

export function formatTraceparent({ traceId, spanId }: TraceContext): string {
  return `00-${traceId}-${spanId}-01`;
}

/** Undefined where the text is no traceparent, or its trace is one that nobody records. */
export function parseTraceparent(text: string): TraceContext | undefined {
  const { traceId, spanId, flags } = FORM.exec(text)?.groups ?? {};
  if (!traceId || !spanId || !flags || !(Number.parseInt(flags, 16) & SAMPLED)) return undefined;
  return { traceId, spanId };
}
