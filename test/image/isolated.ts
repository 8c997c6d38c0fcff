import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const PROGRAM = fileURLToPath(new URL('./in-network.ts', import.meta.url));
/** Of util-linux. */
const ISOLATION = 'unshare';
/** `$0` of the shell is node. */
const SCRIPT = 'ip link set lo up && "$0" "$@"';

/**
 * Runs in-network.ts in namespaces of its own: no network but loopback, and when its first process ends, however that comes
 * about, the kernel ends every other one and unmounts all that was mounted.
 * @returns what it printed
 * @throws Error with what it said
 */
export async function runIsolated(args: string[], signal: AbortSignal): Promise<string> {
  const namespaces = ['--net', '--pid', '--fork', '--mount-proc', '--kill-child'];
  const child = spawn(ISOLATION, [...namespaces, 'sh', '-c', SCRIPT, process.execPath, PROGRAM, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    signal,
    killSignal: 'SIGKILL',
  });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].on('data', (chunk: Buffer) => {
      output[name] += chunk.toString('utf8');
    });
  }
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  child.once('error', reject).once('close', resolve);
  const code = await promise;
  if (code !== 0) throw new Error(`it ended with ${code}: ${output.stderr.trim()}`);
  return output.stdout;
}
