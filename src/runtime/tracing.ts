/**
 * What the code says of the work that it does, so that one request can be followed from program to program; whoever wires
 * a program decides where it goes. A span is one piece of work; those that belong together are a trace.
 */

export interface Span {
  /** Adds a fact: no secret, no address, and nothing that tells who a client is. */
  set(name: string, value: string | number | boolean): void;
  /** Says that the work failed, by a stable code. The first one that is given stays. */
  fail(code: string): void;
}

/** What work throws is thrown on, and fails its span by its code. */
export interface Tracer {
  /**
   * Does work as the first span of a trace of its own.
   * @param beganAt milliseconds since the epoch, of work that began earlier
   */
  trace<T>(name: string, beganAt: number, work: (span: Span) => Promise<T>): Promise<T>;
  /** Does work as a span of a trace that another program has begun; it is just done where `traceparent` names none. */
  join<T>(traceparent: string | undefined, name: string, work: (span: Span) => Promise<T>): Promise<T>;
  /** Does work as a part of the span that the caller runs in; outside of any it is just done. */
  span<T>(name: string, work: (span: Span) => Promise<T>): Promise<T>;
  /** Records a part of the span that the caller runs in that ends now. @param beganAt milliseconds since the epoch */
  past(name: string, beganAt: number): void;
  /**
   * The trace that the caller runs in, for other programs to join below its first span here; undefined outside of any.
   * @see https://www.w3.org/TR/trace-context/#traceparent-header
   */
  readonly traceparent: string | undefined;
}

/** Where traces go, and which share of them. */
export interface TracesTarget {
  /** URL. */
  endpoint: string;
  /** From 0 to 1. */
  sampleRatio: number;
}

/** Spans on their way out of a program. */
export interface Tracing {
  tracer: Tracer;
  /** Sends what is left; once the signal aborts, what is left then is lost. Never rejects. */
  close(signal: AbortSignal): Promise<void>;
}

const noSpan: Span = { set: () => undefined, fail: () => undefined };

/** For a program that nobody follows: work is just done. */
export const noTracer: Tracer = {
  trace: (_name, _beganAt, work) => work(noSpan),
  join: (_traceparent, _name, work) => work(noSpan),
  span: (_name, work) => work(noSpan),
  past: () => undefined,
  traceparent: undefined,
};
