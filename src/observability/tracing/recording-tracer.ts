import { AsyncLocalStorage } from 'node:async_hooks';
import { randomBytes } from 'node:crypto';
import type { Clock } from '../../runtime/clock.ts';
import { noTracer, type Span, type Tracer } from '../../runtime/tracing.ts';
import { errorCode } from './error-code.ts';
import { isSampled } from './sampler.ts';
import type { SpanRecord } from './span-record.ts';
import { formatTraceparent, parseTraceparent } from './traceparent.ts';

export interface RecordingTracerOptions {
  clock: Clock;
  /** The share of the traces begun here that is recorded, from 0 to 1. Those joined were chosen where they began. */
  sampleRatio: number;
  /** Takes each span when it is over. */
  sink: (span: SpanRecord) => void;
}

/** The span that work runs in. */
interface Scope {
  traceId: string;
  spanId: string;
  /** The first span of the trace in this program. */
  firstId: string;
  /** Milliseconds since the epoch, never going back, whoever sets the wall clock. */
  now: () => number;
}

type Work<T> = (span: Span) => Promise<T>;

/** Records spans; which of them is a part of which follows from who called whom. */
export class RecordingTracer implements Tracer {
  readonly #options: RecordingTracerOptions;
  readonly #active = new AsyncLocalStorage<Scope | undefined>();

  constructor(options: RecordingTracerOptions) {
    this.#options = options;
  }

  trace<T>(name: string, beganAt: number, work: Work<T>): Promise<T> {
    const traceId = newId(16);
    if (!isSampled(traceId, this.#options.sampleRatio)) return this.#untraced(work);
    return this.#first({ traceId }, name, work, beganAt);
  }

  join<T>(traceparent: string | undefined, name: string, work: Work<T>): Promise<T> {
    const context = traceparent === undefined ? undefined : parseTraceparent(traceparent);
    if (!context) return this.#untraced(work);
    return this.#first({ traceId: context.traceId, parentId: context.spanId }, name, work);
  }

  span<T>(name: string, work: Work<T>): Promise<T> {
    const parent = this.#active.getStore();
    if (!parent) return noTracer.span(name, work);
    const scope = { ...parent, spanId: newId(8) };
    return this.#record(scope, { name, parentId: parent.spanId, start: scope.now() }, work);
  }

  past(name: string, beganAt: number): void {
    const parent = this.#active.getStore();
    if (!parent) return;
    const { traceId, spanId: parentId } = parent;
    const end = parent.now();
    this.#options.sink({
      traceId,
      spanId: newId(8),
      parentId,
      name,
      start: Math.min(beganAt, end),
      end,
      attributes: {},
    });
  }

  get traceparent(): string | undefined {
    const scope = this.#active.getStore();
    return scope && formatTraceparent({ traceId: scope.traceId, spanId: scope.firstId });
  }

  #first<T>(
    of: { traceId: string; parentId?: string },
    name: string,
    work: Work<T>,
    beganAt = Number.POSITIVE_INFINITY,
  ): Promise<T> {
    const spanId = newId(8);
    const now = steadyWallClock(this.#options.clock);
    const { traceId, ...parent } = of;
    const start = Math.min(beganAt, now());
    return this.#record({ traceId, spanId, firstId: spanId, now }, { name, ...parent, start }, work);
  }

  async #record<T>(scope: Scope, given: Pick<SpanRecord, 'name' | 'parentId' | 'start'>, work: Work<T>): Promise<T> {
    const { traceId, spanId, now } = scope;
    const record: SpanRecord = { traceId, spanId, ...given, end: given.start, attributes: {} };
    const span: Span = {
      set(name, value) {
        record.attributes[name] = value;
      },
      fail(code) {
        record.error ??= code;
      },
    };
    try {
      return await this.#active.run(scope, () => work(span));
    } catch (error) {
      span.fail(errorCode(error));
      throw error;
    } finally {
      record.end = Math.max(record.start, now());
      this.#options.sink(record);
    }
  }

  /** A trace that is not recorded is no part of another one either. */
  #untraced<T>(work: Work<T>): Promise<T> {
    return this.#active.run(undefined, () => noTracer.span('', work));
  }
}

/** The time of the wall clock as it is now, and from then on as time passes. */
function steadyWallClock(clock: Clock): () => number {
  const offset = clock.now() - clock.elapsed();
  return () => offset + clock.elapsed();
}

function newId(bytes: number): string {
  return randomBytes(bytes).toString('hex');
}
