import { Readable, Writable } from 'node:stream';
import { runProgram } from '../../src/client/cli/program.ts';

export interface AnwdlRun {
  code: number;
  stdout: string;
  stderr: string;
}

/** Runs the command line within this process, with nothing of its environment but PATH. */
export async function runAnwdl(
  args: string[],
  options: { env?: NodeJS.ProcessEnv; stdin?: string | Readable; signal?: AbortSignal } = {},
): Promise<AnwdlRun> {
  const stdout = new TextSink();
  const stderr = new TextSink();
  const { env, stdin = '', signal = new AbortController().signal } = options;
  const terminal = {
    stdin: typeof stdin === 'string' ? Readable.from([stdin]) : stdin,
    stdout,
    stderr,
    env: { PATH: process.env.PATH, ...env },
    signal,
  };
  const code = await runProgram(args, terminal, '0.0.0-test');
  return { code, stdout: stdout.text, stderr: stderr.text };
}

class TextSink extends Writable {
  text = '';

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}
