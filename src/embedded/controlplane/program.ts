import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Clock } from '../../runtime/clock.ts';
import type { Guard } from '../node/guard.ts';

export interface ProgramOptions {
  path: string;
  args: string[];
  /** Where its output goes. */
  logFile: string;
  /** For its temporary files: a program that is killed leaves them. */
  temporary: string;
  /** Whether it is started again when it ends by itself, as a Deployment would. */
  restarts?: boolean;
  guard: Guard;
  clock: Clock;
}

/** When a program that has ended is started again. */
const RESTART_MS = 500;

/** A part of a control plane: a child process that can be ended and started again. */
export class Program {
  readonly name: string;
  readonly #options: ProgramOptions;
  #child: ChildProcess;
  #exited: Promise<unknown>;
  #cancelRestart: () => void = () => undefined;
  #killed = false;

  constructor(options: ProgramOptions) {
    this.name = basename(options.path);
    this.#options = options;
    [this.#child, this.#exited] = this.#start();
  }

  /**
   * Waits until `isReady` resolves with true.
   * @throws Error with the program's last line when it exits first
   */
  async ready(isReady: () => Promise<boolean>, signal: AbortSignal): Promise<void> {
    while (!(await isReady().catch(() => false))) {
      signal.throwIfAborted();
      if (this.#child.exitCode !== null || this.#child.pid === undefined) {
        throw new Error(`${this.name} ended: ${await this.#lastLine()}`);
      }
      await this.#options.clock.sleep(50, signal);
    }
  }

  /** Ends it as a crash would, and starts it again. */
  async restart(): Promise<void> {
    await this.kill();
    this.#restart();
  }

  /** At once: nothing that it keeps is needed again. */
  async kill(): Promise<void> {
    this.#killed = true;
    this.#cancelRestart();
    this.#child.kill('SIGKILL');
    await this.#exited;
  }

  #restart(): void {
    this.#killed = false;
    [this.#child, this.#exited] = this.#start();
  }

  #start(): [ChildProcess, Promise<unknown>] {
    const { path, args, logFile, temporary, restarts, guard, clock } = this.#options;
    const output = createWriteStream(logFile, { flags: 'a', mode: 0o600 });
    // A process group of its own, which the guard ends with us; and no signal of our terminal's.
    // Programs of Go: there is more memory here than time, and collecting would take a sixth of it.
    const env = { GOGC: '400', ...process.env, TMPDIR: temporary };
    const child = spawn(path, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true, env });
    guard.watch(child);
    child.stdout.pipe(output, { end: false });
    child.stderr.pipe(output, { end: false });
    const exited = Promise.race([once(child, 'exit'), once(child, 'error')]);
    void exited.finally(() => {
      output.end();
      if (restarts && !this.#killed) this.#cancelRestart = clock.after(RESTART_MS, () => this.#restart());
    });
    return [child, exited];
  }

  async #lastLine(): Promise<string> {
    const text = await readFile(this.#options.logFile, 'utf8').catch(() => '');
    const lines = text.trim().split('\n');
    return (lines.findLast((line) => /^(E|F)\d{4} |error|"fatal"/i.test(line)) ?? lines.at(-1) ?? '').slice(0, 500);
  }
}
