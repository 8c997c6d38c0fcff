import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { Deadline } from '../deadline.ts';
import type { Log } from '../log.ts';
import { TerminalError } from '../outcome.ts';
import { WorkQueue } from '../work-queue.ts';
import { BoundedMap } from './bounded-map.ts';
import { type EventSink, type Happening, identityOf, type ObjectReference } from './event.ts';
import { type EventSeries, fieldsOf, storedEvent } from './event-series.ts';
import { SimilarEvents } from './similar-events.ts';
import { SpamFilter } from './spam-filter.ts';

export interface EventRecorderOptions {
  sink: EventSink;
  clock: Clock;
  log: Log;
  /** Events, objects and reasons that are remembered, and events that wait to be stored. Default 4096 each. */
  limit?: number;
}

/** The same event within this time of the last is the same series. */
const SERIES_MS = 6 * 60_000;
/** A series is stored at most once in this time. */
const SERIES_WRITE_MS = 60_000;
const SIMILAR = { max: 10, windowMs: 10 * 60_000 };
const SPAM = { burst: 25, refillMs: 5 * 60_000 };
const BACKOFF = { initialMs: 1_000, maxMs: 60_000 };
const MAX_TRIES = 12;
const WRITE_TIMEOUT_MS = 10_000;
/** Of a note, which may hold anybody's output. */
const MAX_CHARACTERS = 1024;

/**
 * Stores what happened to objects, for people. Recording never throws and never waits: the same event again counts up the
 * one that is stored; too many that differ in the note alone are combined; an object that has caused 25 writes may cause
 * one in five minutes, and what does not fit is dropped.
 */
export class EventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #queue: WorkQueue;
  readonly #series: BoundedMap<EventSeries>;
  readonly #similar: SimilarEvents;
  readonly #spam: SpamFilter;
  readonly #limit: number;
  /** Keys of what is to be stored. */
  readonly #unwritten = new Set<string>();
  readonly #writing: Promise<void>;
  readonly #closing: Deadline;
  #flushed: (() => void) | undefined;

  constructor(options: EventRecorderOptions) {
    const { clock, limit = 4096 } = options;
    this.#options = options;
    this.#limit = limit;
    this.#series = new BoundedMap(limit);
    this.#similar = new SimilarEvents({ ...SIMILAR, limit });
    this.#spam = new SpamFilter({ ...SPAM, limit });
    this.#queue = new WorkQueue({ clock, backoff: BACKOFF });
    this.#closing = new Deadline(clock);
    this.#writing = this.#work();
  }

  event(regarding: ObjectReference, happening: Happening): void {
    try {
      this.#record(regarding, happening);
    } catch (error) {
      this.#options.log.error({ err: error }, 'an event could not be recorded');
    }
  }

  /** Stores what is not stored yet, and ends. When the signal aborts first, the rest is dropped. */
  async close(signal: AbortSignal): Promise<void> {
    const flushed = new Promise<void>((resolve) => {
      this.#flushed = resolve;
    });
    const abort = (): void => {
      this.#closing.abort(new Error('there is no time left for events'));
      this.#flushed?.();
    };
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
    for (const key of this.#unwritten) this.#queue.add(key);
    this.#tellFlushed();
    await flushed;
    signal.removeEventListener('abort', abort);
    this.#queue.shutDown();
    await this.#writing;
    if (this.#unwritten.size > 0) this.#options.log.warn({ events: this.#unwritten.size }, 'events are lost');
  }

  #record(regarding: ObjectReference, happening: Happening): void {
    const { clock, log } = this.#options;
    const elapsed = clock.elapsed();
    const cut = { ...happening, note: happening.note.slice(0, MAX_CHARACTERS) };
    const { key, note } = this.#similar.correlate(regarding, cut, elapsed);
    const series = this.#series.get(key);
    if (series && (series.isDirty || elapsed - series.lastSeen <= SERIES_MS)) {
      Object.assign(series, { count: series.count + 1, lastAt: clock.now(), lastSeen: elapsed });
      if (!series.isDirty) this.#schedule(key, series);
      return;
    }
    const object = identityOf(regarding);
    if (this.#flushed || this.#unwritten.size >= this.#limit || !this.#spam.take(object, elapsed)) {
      log.debug(fieldsOf(regarding, happening.reason), 'event dropped');
      return;
    }
    const at = clock.now();
    const first: EventSeries = {
      event: { ...cut, note, regarding, id: randomBytes(8).toString('hex'), at },
      object,
      count: 1,
      lastAt: at,
      lastSeen: elapsed,
      isStored: false,
      lastWrite: Number.NEGATIVE_INFINITY,
      isDirty: false,
      failures: 0,
    };
    this.#series.set(key, first);
    this.#schedule(key, first);
  }

  /** The first repetition is stored at once, later ones together. */
  #schedule(key: string, series: EventSeries): void {
    const elapsed = this.#options.clock.elapsed();
    series.isDirty = true;
    this.#unwritten.add(key);
    const rest = series.isStored ? series.lastWrite + SERIES_WRITE_MS - elapsed : 0;
    this.#queue.addAfter(key, this.#flushed ? 0 : rest);
  }

  async #work(): Promise<void> {
    for (let key = await this.#queue.get(); key !== undefined; key = await this.#queue.get()) {
      const series = this.#series.get(key);
      if (series?.isDirty) await this.#write(key, series);
      if (!this.#series.get(key)?.isDirty) this.#unwritten.delete(key);
      this.#queue.done(key);
      this.#tellFlushed();
    }
  }

  async #write(key: string, series: EventSeries): Promise<void> {
    const elapsed = this.#options.clock.elapsed();
    // What a new event costs was paid when it was taken in.
    if (series.isStored && series.failures === 0 && !this.#flushed && !this.#spam.take(series.object, elapsed)) {
      this.#queue.addAfter(key, this.#spam.wait(series.object, elapsed));
      return;
    }
    series.isDirty = false;
    series.lastWrite = elapsed;
    try {
      await this.#store(series);
      series.failures = 0;
      this.#queue.forget(key);
    } catch (error) {
      this.#failed(key, series, error);
    }
  }

  async #store(series: EventSeries): Promise<void> {
    const { sink, clock } = this.#options;
    using deadline = new Deadline(clock, this.#closing.signal);
    deadline.set(WRITE_TIMEOUT_MS, () => new Error('no answer in time'));
    if (series.isStored && (await sink.update(storedEvent(series), deadline.signal))) return;
    if (series.isStored) series.event.id = randomBytes(8).toString('hex');
    series.isStored = false;
    await sink.create(storedEvent(series), deadline.signal);
    series.isStored = true;
  }

  #failed(key: string, series: EventSeries, error: unknown): void {
    const { log } = this.#options;
    const fields = { ...fieldsOf(series.event.regarding, series.event.reason), err: error };
    series.failures += 1;
    if (error instanceof TerminalError || series.failures >= MAX_TRIES) {
      this.#series.delete(key);
      this.#queue.forget(key);
      log.warn(fields, 'an event could not be stored');
    } else {
      series.isDirty = true;
      log.debug({ ...fields, retryInMs: this.#queue.addRateLimited(key) }, 'an event is not stored yet');
    }
  }

  #tellFlushed(): void {
    if (this.#unwritten.size === 0) this.#flushed?.();
  }
}
