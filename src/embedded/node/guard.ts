import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';

/**
 * Reads "add PID" and "del PID" lines; when the writer is gone, however it ended, kills the process groups that are left
 * and removes the folder. The signals that a terminal sends to everybody are ignored: the end of the pipe is what counts.
 */
const SCRIPT = `
trap '' INT TERM HUP
live=
while read -r verb pid; do
  kept=
  for each in $live; do [ "$each" = "$pid" ] || kept="$kept $each"; done
  live=$kept
  [ "$verb" = add ] && live="$live $pid"
done
for each in $live; do kill -s KILL -- "-$each"; done
rm -rf -- "$1"
`;

/**
 * Watches over the children of this process. A process can't ask Node to die with its parent, so a shell holds the other
 * end of a pipe: when this process is killed, the kernel closes the pipe and the shell ends what was left running.
 */
export class Guard {
  readonly #shell: ChildProcess;

  /** @param folder removed at the end, whether this process closes the guard or dies */
  constructor(folder: string) {
    this.#shell = spawn('/bin/sh', ['-c', SCRIPT, 'guard', folder], {
      stdio: ['pipe', 'ignore', 'ignore'],
      // A session of its own: neither Ctrl-C nor the end of the terminal reaches it.
      detached: true,
      env: { PATH: process.env.PATH ?? '/usr/bin:/bin' },
    });
    // A guard that was killed protects nobody any more; that is no reason to fail.
    this.#shell.on('error', () => undefined);
    this.#shell.stdin?.on('error', () => undefined);
  }

  /** The child must lead a process group of its own (`detached`). Watched until it exits. */
  watch(child: ChildProcess): void {
    const { pid } = child;
    if (pid === undefined) return;
    this.#shell.stdin?.write(`add ${pid}\n`);
    child.once('exit', () => this.#shell.stdin?.write(`del ${pid}\n`));
  }

  /** Ends what is still watched and removes the folder. */
  async close(): Promise<void> {
    const { pid, exitCode, signalCode } = this.#shell;
    if (pid === undefined || exitCode !== null || signalCode !== null) return;
    this.#shell.stdin?.end();
    await once(this.#shell, 'exit');
  }
}
