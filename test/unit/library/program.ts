import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';

/** A program that runs in a process of its own. */
export interface Program {
  child: ChildProcessWithoutNullStreams;
  /** Exit code and signal. */
  ended: Promise<unknown[]>;
  /** The first line of its output that fits, now or later. @throws when it ends without one, or the signal aborts */
  line(pattern: RegExp): Promise<RegExpExecArray>;
  /** What it has written to its standard error. */
  said(): string;
  /** Asks it to end, and makes it. */
  end(): Promise<void>;
}

const END_MS = 5_000;

export function startProgram(
  file: string,
  { signal, ...options }: { cwd: string; env: NodeJS.ProcessEnv; signal: AbortSignal },
): Program {
  const child = spawn(process.execPath, [file], { ...options, stdio: 'pipe' });
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk;
  });
  child.stderr.on('data', (chunk: Buffer) => {
    errors += chunk;
  });
  const ended = once(child, 'close');
  const find = (pattern: RegExp): RegExpExecArray | undefined => {
    for (const line of output.split('\n')) {
      const match = pattern.exec(line);
      if (match) return match;
    }
    return undefined;
  };
  return {
    child,
    ended,
    said: () => errors,
    async line(pattern) {
      for (let match = find(pattern); ; match = find(pattern)) {
        if (match) return match;
        if (child.exitCode !== null || child.signalCode !== null) {
          throw new Error(`${file} ended without ${pattern}: ${output}${errors}`);
        }
        await Promise.race([once(child.stdout, 'data', { signal }), ended]);
      }
    },
    async end() {
      child.kill('SIGINT');
      const timer = setTimeout(() => child.kill('SIGKILL'), END_MS);
      await ended;
      clearTimeout(timer);
    },
  };
}
