/** A piece of work that is over. */
export interface SpanRecord {
  /** 32 hex digits. */
  traceId: string;
  /** 16 hex digits. */
  spanId: string;
  /** Of the span that this one is a part of; absent: it is the first of its trace. */
  parentId?: string;
  name: string;
  /** Milliseconds since the epoch, with fractions. `end` is never before `start`. */
  start: number;
  end: number;
  attributes: Record<string, string | number | boolean>;
  /** The code of what went wrong. */
  error?: string;
}
