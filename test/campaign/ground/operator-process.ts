import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

interface OperatorOptions {
  entrypoint: string;
  args: string[];
  /** Told when it ended without having been killed here. */
  surprised: (why: string) => void;
}

/** One operator, which may be killed and begins anew each time, with empty memory. */
export class OperatorProcess {
  readonly #options: OperatorOptions;
  #child: ChildProcess;
  #isExpected = false;
  /** Everything that all of its incarnations wrote. */
  output = '';
  /** Milliseconds since the epoch. */
  startedAt = 0;
  #before = 0;

  constructor(options: OperatorOptions) {
    this.#options = options;
    this.#child = this.#spawn();
  }

  /** Ends it at once; the next one starts right away. */
  crash(): void {
    this.kill();
    this.#child = this.#spawn();
  }

  /** Where the incarnation of now tells its metrics, once it does. */
  get metricsAddress(): string | undefined {
    const line = this.output
      .slice(this.#before)
      .split('\n')
      // The last one may be unfinished.
      .slice(0, -1)
      .find((text) => text.includes('"serving metrics"'));
    return line && JSON.parse(line).address;
  }

  /** The next one, when it was stopped. */
  start(): void {
    if (this.#hasEnded) this.#child = this.#spawn();
  }

  get #hasEnded(): boolean {
    return this.#child.exitCode !== null || this.#child.signalCode !== null;
  }

  /** Ends it at once, and for good. */
  kill(): void {
    this.#isExpected = true;
    this.#child.kill('SIGKILL');
  }

  /** Asks it to end. Resolves with the exit code. */
  async stop(): Promise<number | null> {
    this.#isExpected = true;
    const child = this.#child;
    if (this.#hasEnded) return child.exitCode;
    const closed = once(child, 'close');
    child.kill('SIGTERM');
    await closed;
    return child.exitCode;
  }

  #spawn(): ChildProcess {
    this.#isExpected = false;
    this.startedAt = Date.now();
    this.#before = this.output.length;
    const { KUBECONFIG: _, NODE_OPTIONS: __, ...inherited } = process.env;
    const child = spawn(process.execPath, [this.#options.entrypoint, 'operator', ...this.#options.args], {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...inherited, HOME: '/nonexistent' },
    });
    const take = (chunk: Buffer): void => {
      this.output += chunk;
    };
    child.stdout?.on('data', take);
    child.stderr?.on('data', take);
    child.once('exit', (code, signal) => {
      if (child === this.#child && !this.#isExpected) this.#options.surprised(`ended by itself: ${code ?? signal}`);
    });
    return child;
  }
}
