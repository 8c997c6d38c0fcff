/** One container, run by runc. */
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

/** A program is told to stop by a kubelet with more time than this, but has nothing to finish here. */
const STOP_MS = 20_000;
const POLL_MS = 20;
const RUNTIME = 'runc';

export interface Ended {
  code: number | null;
  /** From the signal to the end. */
  ms: number;
}

export class Container implements AsyncDisposable {
  readonly #state: string;
  readonly #id: string;
  readonly #child: ChildProcess;
  readonly #ended: Promise<number | null>;
  /** What it wrote, to either stream. */
  output = '';

  /** @param folder of this container alone */
  static async run(folder: string, config: object): Promise<Container> {
    await mkdir(folder, { recursive: true });
    await writeFile(join(folder, 'config.json'), JSON.stringify(config));
    return new Container(folder);
  }

  private constructor(folder: string) {
    this.#state = join(folder, 'state');
    this.#id = `image-test-${process.pid}-${folder.slice(folder.lastIndexOf('/') + 1)}`;
    const args = ['--root', this.#state, 'run', '--bundle', folder, this.#id];
    this.#child = spawn(RUNTIME, args, { stdio: ['ignore', 'pipe', 'pipe'] });
    const { promise, resolve, reject } = Promise.withResolvers<number | null>();
    this.#ended = promise;
    this.#ended.catch(() => undefined);
    this.#child.once('error', reject).once('close', resolve);
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.on('data', (chunk: Buffer) => {
        this.output += chunk.toString('utf8');
      });
    }
  }

  /** Of its first process, as this process sees it. */
  async pid(): Promise<number> {
    const { stdout } = await this.#runc('state', this.#id);
    return (JSON.parse(stdout) as { pid: number }).pid;
  }

  /** A file of its first process in /proc. */
  async proc(name: string): Promise<string> {
    return readFile(`/proc/${await this.pid()}/${name}`, 'utf8');
  }

  /** Another program in it. @throws Error when that fails */
  async exec(...args: string[]): Promise<string> {
    return (await this.#runc('exec', this.#id, ...args)).stdout;
  }

  /**
   * Asks again and again until the answer is there.
   * @throws Error with what the container wrote, when it ends or the signal aborts first
   */
  async until<T>(ask: () => Promise<T | undefined>, signal: AbortSignal): Promise<T> {
    for (;;) {
      const answer = await ask().catch(() => undefined);
      if (answer !== undefined) return answer;
      if (signal.aborted) throw new Error(`it does not answer:\n${this.output}`);
      const ended = await Promise.race([this.#ended.then((code) => ({ code })), sleep(POLL_MS)]);
      if (ended) throw new Error(`the container ended with ${ended.code}:\n${this.output}`);
    }
  }

  /** Its exit code. */
  wait(): Promise<number | null> {
    return this.#ended;
  }

  /** @throws Error when it has not ended in time */
  async stop(): Promise<Ended> {
    const started = performance.now();
    await this.#runc('kill', this.#id, 'TERM');
    const late = new AbortController();
    try {
      const code = await Promise.race([
        this.#ended,
        sleep(STOP_MS, undefined, { signal: late.signal }).then(() => {
          throw new Error(`it has not ended in ${STOP_MS} ms:\n${this.output}`);
        }),
      ]);
      return { code, ms: performance.now() - started };
    } finally {
      late.abort();
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#runc('delete', '--force', this.#id).catch(() => undefined);
    await this.#ended.catch(() => undefined);
  }

  #runc(...args: string[]): Promise<{ stdout: string }> {
    return promisify(execFile)(RUNTIME, ['--root', this.#state, ...args]);
  }
}
