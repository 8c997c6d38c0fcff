import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync, readFileSync } from 'node:fs';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePorts } from '../../../src/embedded/controlplane/free-ports.ts';
import { Guard } from '../../../src/embedded/node/guard.ts';
import { VERSION } from '../../../src/version.ts';
import { type RequestCounts, requestCounts } from './request-counts.ts';

const PROGRAM = fileURLToPath(new URL('../../../dist/entrypoint.js', import.meta.url));
/** As the image starts it. */
const NODE_OPTIONS = ['--optimize-for-size', '--max-semi-space-size=2'];
/** What a lab's node has. */
const OPERATOR_IMAGE = `anweddol-operator:${VERSION}`;
const ENVIRONMENT = { MALLOC_ARENA_MAX: '2' };

export interface ProcessMemory {
  /** MB resident now. */
  resident: number;
  /** MB resident at most since it began. */
  peak: number;
}

/** The operator as its image runs it, in a process of its own. */
export class OperatorProcess implements AsyncDisposable {
  readonly #child: ChildProcess;

  readonly #metricsPort: number;
  readonly #guard: Guard;
  readonly #logPath: string;

  private constructor(child: ChildProcess, { port, guard, logPath }: { port: number; guard: Guard; logPath: string }) {
    this.#child = child;
    this.#metricsPort = port;
    this.#guard = guard;
    this.#logPath = logPath;
  }

  /**
   * @param folder for its kubeconfig and its log, and gone with it
   */
  static async start(kubeconfig: string, folder: string): Promise<OperatorProcess> {
    await mkdir(folder, { recursive: true, mode: 0o700 });
    // Ends it, too, where the benchmark is killed.
    const guard = new Guard(folder);
    const path = join(folder, 'operator.kubeconfig');
    await writeFile(path, kubeconfig, { mode: 0o600 });
    const logPath = join(folder, 'operator.log');
    const log = openSync(logPath, 'a');
    const [port = 0] = await freePorts(1);
    const listening = ['--health-address=0', `--metrics-address=127.0.0.1:${port}`];
    const args = ['operator', `--server-image=${OPERATOR_IMAGE}`, `--kubeconfig=${path}`, ...listening];
    // Such as --cpu-prof, to see where the time goes.
    const more = (process.env.OPERATOR_NODE_OPTIONS ?? '').split(' ').filter(Boolean);
    const child = spawn(process.execPath, [...NODE_OPTIONS, ...more, PROGRAM, ...args], {
      stdio: ['ignore', log, log],
      env: { ...process.env, ...ENVIRONMENT },
      detached: true,
    });
    guard.watch(child);
    await once(child, 'spawn');
    return new OperatorProcess(child, { port, guard, logPath });
  }

  /** What the work gives. @throws Error when this process ends before */
  async during<T>(work: Promise<T>): Promise<T> {
    const over = new AbortController();
    const { signal } = over;
    const ended = once(this.#child, 'exit', { signal }).then(() => {
      throw new Error(`the operator has ended: see the end of what it said\n${this.#said()}`);
    });
    try {
      return await Promise.race([work, ended]);
    } finally {
      ended.catch(() => undefined);
      over.abort();
    }
  }

  async memory(): Promise<ProcessMemory> {
    const status = await readFile(`/proc/${this.#child.pid}/status`, 'utf8');
    const megabytes = (field: string) =>
      (Number(new RegExp(`^${field}:\\s+(\\d+) kB`, 'm').exec(status)?.[1]) * 1024) / 1e6;
    return { resident: megabytes('VmRSS'), peak: megabytes('VmHWM') };
  }

  /** Seconds of CPU that it has used. */
  async cpuSeconds(): Promise<number> {
    const stat = await readFile(`/proc/${this.#child.pid}/stat`, 'utf8');
    const [user = 0, system = 0] = stat
      .slice(stat.lastIndexOf(')') + 2)
      .split(' ')
      .slice(11, 13)
      .map(Number);
    return (user + system) / 100;
  }

  /** What it has asked the API server until now. */
  requests(): Promise<RequestCounts> {
    return requestCounts(`http://127.0.0.1:${this.#metricsPort}/metrics`);
  }

  #said(): string {
    return readFileSync(this.#logPath, 'utf8').slice(-2_000);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#child.exitCode === null && this.#child.signalCode === null) {
      this.#child.kill('SIGTERM');
      await once(this.#child, 'exit');
    }
    await this.#guard.close();
  }
}
