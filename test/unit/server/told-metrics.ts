import type { ServerMetrics } from '../../../src/server/server-metrics.ts';

/** What a server told its metrics, as words that a test can wait for; durations are left out. */
export class ToldMetrics implements ServerMetrics {
  readonly words: string[] = [];
  readonly #waiters = new Set<() => void>();

  readonly connectionOpened: ServerMetrics['connectionOpened'] = (transport) => this.#tell(`opened ${transport}`);
  readonly connectionClosed: ServerMetrics['connectionClosed'] = (transport) => this.#tell(`closed ${transport}`);
  readonly handshakeEnded: ServerMetrics['handshakeEnded'] = (generation, outcome) =>
    this.#tell(`handshake ${generation} ${outcome}`);
  readonly phaseTook: ServerMetrics['phaseTook'] = (phase, ms) => this.#tell(`${phase} ${ms >= 0}`);
  readonly refused: ServerMetrics['refused'] = (reason) => this.#tell(`refused ${reason}`);
  readonly requestAnswered: ServerMetrics['requestAnswered'] = (verb, answer) => this.#tell(`${verb}: ${answer}`);
  readonly createEnded: ServerMetrics['createEnded'] = (outcome, start) => this.#tell(`create ${outcome} ${start}`);

  /** Those that begin so, in their order. */
  beginning(...starts: string[]): string[] {
    return this.words.filter((word) => starts.some((start) => word.startsWith(start)));
  }

  /** Resolves when this has been told so often. */
  told(word: string, times = 1): Promise<void> {
    return new Promise((resolve) => {
      const check = (): void => {
        if (this.words.filter((told) => told === word).length < times) return;
        this.#waiters.delete(check);
        resolve();
      };
      this.#waiters.add(check);
      check();
    });
  }

  #tell(word: string): void {
    this.words.push(word);
    for (const check of [...this.#waiters]) check();
  }
}
