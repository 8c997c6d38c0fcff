import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const ENTRYPOINT = fileURLToPath(new URL('../../../../src/main/entrypoint.ts', import.meta.url));

export interface LogLine {
  msg: string;
  address?: string;
}

/** `operator`, as a process of its own. */
export class Program implements AsyncDisposable {
  readonly child: ChildProcess;
  readonly lines: LogLine[] = [];
  /** All that was printed. */
  stdout = '';
  stderr = '';
  /** Resolves with the exit code; null after a signal that it didn't take. */
  readonly ended: Promise<number | null>;
  readonly #waiters = new Set<() => void>();

  constructor(args: string[], environment: NodeJS.ProcessEnv = {}) {
    const { KUBECONFIG: _, ...inherited } = process.env;
    this.child = spawn(process.execPath, [ENTRYPOINT, 'operator', ...args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...inherited, HOME: '/nonexistent', ...environment },
    });
    const { stdout, stderr } = this.child;
    if (!stdout || !stderr) throw new Error('the process has no output');
    createInterface({ input: stdout }).on('line', (line) => this.#take(line));
    stderr.on('data', (chunk) => {
      this.stderr += chunk;
    });
    this.ended = once(this.child, 'close').then(([code]) => {
      this.#wake();
      return code;
    });
  }

  /** The first log line with this message, now or later. @throws Error when the program ends without it */
  line(message: string): Promise<LogLine> {
    return new Promise((resolve, reject) => {
      const check = (): void => {
        const line = this.lines.find(({ msg }) => msg === message);
        if (!line && this.child.exitCode === null && this.child.signalCode === null) return;
        this.#waiters.delete(check);
        if (line) resolve(line);
        else reject(new Error(`ended without "${message}": ${this.stderr}`));
      };
      this.#waiters.add(check);
      check();
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
  }

  #take(line: string): void {
    this.stdout += `${line}\n`;
    if (line.startsWith('{')) this.lines.push(JSON.parse(line));
    this.#wake();
  }

  #wake(): void {
    for (const check of [...this.#waiters]) check();
  }
}
