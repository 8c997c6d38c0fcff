import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { ElectorSettings } from './elector.ts';

/** A line of an elector. `at` is in milliseconds since the epoch, of this machine's clock. */
export interface ElectorLine {
  event: string;
  at: number;
}

/** A process of `elector.ts`. Disposing kills it. */
export class Elector implements AsyncDisposable {
  readonly identity: string;
  readonly #process;
  readonly #lines: ElectorLine[] = [];
  readonly #waiters = new Set<() => void>();
  readonly #exit: Promise<unknown>;

  constructor(settings: ElectorSettings) {
    this.identity = settings.identity;
    this.#process = spawn(process.execPath, [fileURLToPath(new URL('./elector.ts', import.meta.url))], {
      stdio: ['ignore', 'pipe', 'inherit'],
      env: { ...process.env, ELECTOR: JSON.stringify(settings) },
    });
    this.#exit = once(this.#process, 'close');
    createInterface({ input: this.#process.stdout }).on('line', (line) => {
      this.#lines.push(JSON.parse(line));
      for (const check of [...this.#waiters]) check();
    });
  }

  /** How many lines of this event there are so far. */
  count(event: string): number {
    return this.#lines.filter((line) => line.event === event).length;
  }

  /** The `count`th line of this event, now or later. */
  line(event: string, count = 1): Promise<ElectorLine> {
    return new Promise((resolve) => {
      const check = (): void => {
        const line = this.#lines.filter((one) => one.event === event)[count - 1];
        if (!line) return;
        this.#waiters.delete(check);
        resolve(line);
      };
      this.#waiters.add(check);
      check();
    });
  }

  signal(name: 'SIGTERM' | 'SIGKILL' | 'SIGSTOP' | 'SIGCONT'): void {
    this.#process.kill(name);
  }

  /** The exit code, or the signal that ended it. */
  async exit(): Promise<number | string | null> {
    await this.#exit;
    return this.#process.exitCode ?? this.#process.signalCode;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#process.kill('SIGKILL');
    await this.#exit;
  }
}
