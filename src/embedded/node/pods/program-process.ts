import { type ChildProcess, spawn } from 'node:child_process';
import { basename } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import type { Guard } from '../guard.ts';
import type { LogBuffer } from '../log-buffer.ts';
import { POD_VIEW_VARIABLE, type PodView } from '../preload/pod-view.ts';

export interface ProgramOptions {
  command: readonly string[];
  cwd: string;
  environment: Record<string, string>;
  view: PodView;
  log: LogBuffer;
  guard: Guard;
  /** The file to load before the program of a pod. Default: the source. */
  preload?: string | undefined;
}

export interface ProgramEnd {
  exitCode: number;
  signal?: number;
}

const OUTPUT_GRACE_MS = 500;
const PRELOAD = fileURLToPath(new URL('../preload/main.ts', import.meta.url));
const SIGNALS: Partial<Record<NodeJS.Signals, number>> = {
  SIGKILL: 9,
  SIGTERM: 15,
  SIGINT: 2,
  SIGSEGV: 11,
  SIGABRT: 6,
};

/** A container's program as a child process, in a process group of its own. */
export class ProgramProcess {
  readonly #child: ChildProcess;
  readonly ended: Promise<ProgramEnd>;

  private constructor(child: ChildProcess, log: LogBuffer) {
    this.#child = child;
    child.stdout?.on('data', (chunk: Buffer) => log.append(chunk));
    child.stderr?.on('data', (chunk: Buffer) => log.append(chunk));
    this.ended = new Promise((resolve) => {
      child.once('exit', (code, signal) => {
        // Whatever the program has left behind ends with it.
        this.#signalGroup('SIGKILL');
        const number = signal ? (SIGNALS[signal] ?? 0) : 0;
        const finish = () => resolve(signal ? { exitCode: 128 + number, signal: number } : { exitCode: code ?? 0 });
        // Its last words are still on their way; but a process that got away may hold the pipe for ever.
        const late = setTimeout(finish, OUTPUT_GRACE_MS);
        child.once('close', () => {
          clearTimeout(late);
          finish();
        });
      });
    });
  }

  /** @throws Error when the program can't be started */
  static async start(options: ProgramOptions): Promise<ProgramProcess> {
    const { command, cwd, environment, view, log, guard, preload = PRELOAD } = options;
    const [file = '', ...args] = command;
    const env: Record<string, string> = { PATH: '/usr/local/bin:/usr/bin:/bin', HOME: '/', ...environment };
    if (basename(file).startsWith('node')) {
      env.NODE_OPTIONS = [env.NODE_OPTIONS, `--import=${pathToFileURL(preload).href}`].filter(Boolean).join(' ');
      env[POD_VIEW_VARIABLE] = JSON.stringify(view);
    }
    const child = spawn(file, args, { cwd, env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] });
    guard.watch(child);
    const started = new ProgramProcess(child, log);
    await new Promise<void>((resolve, reject) => child.once('spawn', resolve).once('error', reject));
    return started;
  }

  get processId(): number | undefined {
    return this.#child.pid;
  }

  terminate(): void {
    this.#child.kill('SIGTERM');
  }

  kill(): void {
    this.#signalGroup('SIGKILL');
  }

  #signalGroup(signal: NodeJS.Signals): void {
    if (this.#child.pid === undefined) return;
    try {
      process.kill(-this.#child.pid, signal);
    } catch {
      // The group is gone already.
    }
  }
}
