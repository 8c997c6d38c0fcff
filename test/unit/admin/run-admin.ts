/** The whole command line, with the commands for administrators, within this process. */
import { Readable, Writable } from 'node:stream';
import { addAdminCommands } from '../../../src/admin/commands.ts';
import { runProgram } from '../../../src/client/cli/program.ts';

interface AdminRun {
  code: number;
  stdout: string;
  stderr: string;
}

interface RunOptions {
  signal?: AbortSignal;
  /** Called for each piece of output, such as to end a command that goes on. */
  onOutput?: (text: string) => void;
}

export async function runAdmin(args: string[], options: RunOptions = {}): Promise<AdminRun> {
  const run: AdminRun = { code: 0, stdout: '', stderr: '' };
  const sink = (name: 'stdout' | 'stderr') =>
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        run[name] += chunk.toString();
        options.onOutput?.(chunk.toString());
        done();
      },
    });
  const { signal = new AbortController().signal } = options;
  const terminal = { stdin: Readable.from([]), stdout: sink('stdout'), stderr: sink('stderr'), env: {}, signal };
  run.code = await runProgram(args, terminal, '0.0.0-test', addAdminCommands);
  return run;
}
