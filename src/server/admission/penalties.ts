import type { Clock } from '../../runtime/clock.ts';
import { sourcePrefixes } from './source-prefix.ts';

/**
 * What a connection did: sent what is no frame, sent no request, ran out of time, had a wrong token. Where the server itself
 * failed nobody is held to account: one fault of its own would shut out all who meet it.
 */
export type Offence = 'badFrame' | 'noRequest' | 'deadline' | 'badToken';

export interface PenaltiesOptions {
  clock: Clock;
  /** What an offence adds, in seconds; 0 forgives it. Default: deadline 10, badFrame and badToken 5, noRequest 1. */
  seconds?: Partial<Record<Offence, number>> | undefined;
  /** From so much on a source is refused. Default 15. */
  thresholdSeconds?: number | undefined;
  /** No source ever has more to wait. Default 600. */
  maxSeconds?: number | undefined;
  /** Sources that are remembered; for one more, the one whose last offence is the oldest is forgiven. Default 65,536. */
  maxEntries?: number | undefined;
}

interface Penalty {
  /** On the clock's `elapsed()`: when all is forgiven. */
  until: number;
  /** It reached the threshold, and has not been forgiven since. */
  refused: boolean;
}

const DEFAULT_SECONDS: Record<Offence, number> = { badFrame: 5, noRequest: 1, deadline: 10, badToken: 5 };
const DEFAULT_THRESHOLD_SECONDS = 15;
const DEFAULT_MAX_SECONDS = 600;
const DEFAULT_MAX_ENTRIES = 65_536;

/**
 * Who has misbehaved, by source prefix. What an offence costs adds up and runs off with time; a source that reaches the
 * threshold is refused until nothing is left of it. Every operation takes the same time however many sources there are.
 * @see `PerSourcePenalties` in sshd_config(5)
 */
export class Penalties {
  readonly #clock: Clock;
  readonly #seconds: Record<Offence, number>;
  readonly #thresholdMs: number;
  readonly #maxMs: number;
  readonly #maxEntries: number;
  /** In the order of the last offence. */
  readonly #penalties = new Map<string, Penalty>();

  constructor(options: PenaltiesOptions) {
    this.#clock = options.clock;
    this.#seconds = { ...DEFAULT_SECONDS, ...options.seconds };
    this.#thresholdMs = (options.thresholdSeconds ?? DEFAULT_THRESHOLD_SECONDS) * 1000;
    this.#maxMs = (options.maxSeconds ?? DEFAULT_MAX_SECONDS) * 1000;
    this.#maxEntries = options.maxEntries ?? DEFAULT_MAX_ENTRIES;
  }

  /** Sources that are remembered. */
  get size(): number {
    return this.#penalties.size;
  }

  add(address: string, offence: Offence): void {
    const ms = this.#seconds[offence] * 1000;
    if (ms <= 0) return;
    const now = this.#clock.elapsed();
    const source = sourcePrefixes(address).address;
    const before = this.#inForce(source, now) ?? { until: now, refused: false };
    const until = Math.min(before.until + ms, now + this.#maxMs);
    this.#penalties.delete(source);
    this.#makeRoom(now);
    this.#penalties.set(source, { until, refused: before.refused || until - now >= this.#thresholdMs });
  }

  isRefused(address: string): boolean {
    return this.#inForce(sourcePrefixes(address).address, this.#clock.elapsed())?.refused ?? false;
  }

  #inForce(source: string, now: number): Penalty | undefined {
    const penalty = this.#penalties.get(source);
    if (!penalty || penalty.until > now) return penalty;
    this.#penalties.delete(source);
    return undefined;
  }

  /** Forgets the oldest that are over and, when all places are taken, the oldest. */
  #makeRoom(now: number): void {
    for (const [source, { until }] of this.#penalties) {
      if (until > now && this.#penalties.size < this.#maxEntries) return;
      this.#penalties.delete(source);
    }
  }
}
