import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';

interface Reply {
  id: number;
  value?: unknown;
  error?: string;
}

/** How Node itself is started. */
export interface NodeStart {
  /** As its command line has them. */
  nodeOptions?: readonly string[];
  env?: Record<string, string>;
}

/** A program in a process of its own, which answers questions over IPC: see {@link answerQuestions}. */
export class ChildProgram implements AsyncDisposable {
  readonly #process: ChildProcess;
  readonly #waiting = new Map<number, PromiseWithResolvers<unknown>>();
  #asked = 0;

  private constructor(program: string, args: readonly string[], { nodeOptions = [], env }: NodeStart) {
    this.#process = fork(program, args, {
      execArgv: [...nodeOptions],
      env: { ...process.env, ...env },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#process.on('message', (reply: Reply) => this.#settle(reply));
    this.#process.once('exit', (code, signal) => {
      for (const { reject } of this.#waiting.values()) reject(new Error(`${program} ended: ${code ?? signal}`));
    });
  }

  /**
   * Resolves when the program answers.
   * @param program a path
   */
  static async start(program: string, args: readonly string[] = [], node: NodeStart = {}): Promise<ChildProgram> {
    const child = new ChildProgram(program, args, node);
    await child.#expect<void>(0);
    return child;
  }

  ask<T>(question: string, argument?: object): Promise<T> {
    this.#asked += 1;
    this.#process.send({ id: this.#asked, question, argument });
    return this.#expect<T>(this.#asked);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null || this.#process.signalCode !== null) return;
    const ended = once(this.#process, 'exit');
    this.#process.disconnect();
    await ended;
  }

  #expect<T>(id: number): Promise<T> {
    const answered = Promise.withResolvers<unknown>();
    this.#waiting.set(id, answered);
    return answered.promise as Promise<T>;
  }

  #settle({ id, value, error }: Reply): void {
    const waiting = this.#waiting.get(id);
    this.#waiting.delete(id);
    if (error === undefined) waiting?.resolve(value);
    else waiting?.reject(new Error(error));
  }
}
