import type { Clock } from '../../runtime/clock.ts';
import { Deadline } from '../../runtime/deadline.ts';
import type { Log } from '../../runtime/log.ts';
import type { PostSpans, Verdict } from './post-spans.ts';
import type { SpanRecord } from './span-record.ts';

export interface SpanExporterOptions {
  post: PostSpans;
  /** The body of a request. */
  encode: (spans: readonly SpanRecord[]) => string;
  clock: Clock;
  log: Pick<Log, 'info' | 'warn'>;
}

/** What waits to be sent; at some 700 bytes each, 1.5 MB. With one more, that one is dropped. */
const MOST_WAITING = 2_048;
const MOST_IN_A_REQUEST = 512;
const PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 80_000;
const REQUEST_MS = 10_000;

/**
 * Sends spans to a collector, one request at a time, and never keeps anybody waiting: what the collector is too slow for,
 * refuses or is not there for is dropped and counted.
 */
export class SpanExporter {
  readonly #options: SpanExporterOptions;
  readonly #waiting: SpanRecord[] = [];
  /** Aborts what is on its way when nobody waits for it any more. */
  readonly #end = new AbortController();
  #cancelPause: (() => void) | undefined;
  #sending: Promise<void> | undefined;
  #failures = 0;
  #isClosed = false;
  #sent = 0;
  #dropped = 0;

  constructor(options: SpanExporterOptions) {
    this.#options = options;
  }

  /** Spans that the collector took. */
  get sent(): number {
    return this.#sent;
  }

  /** Spans that are lost. */
  get dropped(): number {
    return this.#dropped;
  }

  /** Returns at once and never throws. */
  add(span: SpanRecord): void {
    if (this.#isClosed || this.#waiting.length >= MOST_WAITING) {
      this.#dropped += 1;
      return;
    }
    this.#waiting.push(span);
    if (this.#failures === 0 && this.#waiting.length >= MOST_IN_A_REQUEST) this.#send();
    else this.#pause();
  }

  /** Sends what waits, once, and drops what is left when that fails or the signal aborts. */
  async close(signal: AbortSignal): Promise<void> {
    const abort = () => this.#end.abort();
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
    await this.#sending;
    this.#isClosed = true;
    this.#send();
    await this.#sending;
    signal.removeEventListener('abort', abort);
    this.#dropped += this.#waiting.splice(0).length;
    if (this.#dropped > 0) this.#options.log.warn({ spans: this.#dropped }, 'spans of traces are lost');
  }

  #pause(): void {
    if (this.#cancelPause || this.#sending || this.#isClosed) return;
    const ms = Math.min(PAUSE_MS * 2 ** this.#failures, LONGEST_PAUSE_MS);
    this.#cancelPause = this.#options.clock.after(ms, () => this.#send());
  }

  #send(): void {
    this.#cancelPause?.();
    this.#cancelPause = undefined;
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = undefined;
      if (this.#waiting.length > 0) this.#pause();
    });
  }

  /** Until nothing waits, or the collector wants nothing more for now. */
  async #sendAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      const batch = this.#waiting.slice(0, MOST_IN_A_REQUEST);
      const verdict = await this.#request(batch);
      this.#tell(verdict);
      if (verdict.outcome === 'later') return;
      this.#waiting.splice(0, batch.length);
      if (verdict.outcome === 'taken') this.#sent += batch.length;
      else this.#dropped += batch.length;
    }
  }

  async #request(batch: readonly SpanRecord[]): Promise<Verdict> {
    const { post, encode, clock } = this.#options;
    using deadline = new Deadline(clock, this.#end.signal);
    deadline.set(REQUEST_MS, () => new Error('the collector did not answer in time'));
    try {
      return await post(encode(batch), deadline.signal);
    } catch (error) {
      // Nobody waits for this: an error of ours must not end the program.
      return { outcome: 'refused', reason: error instanceof Error ? error.name : 'Error' };
    }
  }

  /** Once when it begins to fail, and once when it works again. */
  #tell(verdict: Verdict): void {
    const { log } = this.#options;
    if (verdict.outcome === 'taken') {
      if (this.#failures > 0) log.info({ lost: this.#dropped }, 'the collector takes traces again');
      this.#failures = 0;
      return;
    }
    if (this.#failures === 0) log.warn({ reason: verdict.reason }, 'the collector does not take traces');
    this.#failures += 1;
  }
}
