import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import { installTools, type Tool } from '../../src/main/demo/tools.ts';

/** Prometheus, and what checks its files; Debian's. */
export const PROMETHEUS: Tool = { program: 'promtool', packages: ['prometheus'] };

/** Installs it where it is missing. @throws with one line that says what to do */
export async function havePromtool(): Promise<void> {
  await installTools([PROMETHEUS], (line) => process.stderr.write(`${line}\n`));
}

/** What promtool says, and its exit code: 0 is good. */
export async function promtool(args: string[], input = ''): Promise<{ code: number | null; output: string }> {
  const child = spawn(PROMETHEUS.program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  const ended = new Promise<number | null>((resolve, reject) => child.once('error', reject).once('close', resolve));
  child.stdin.end(input);
  const [code, out, error] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { code, output: out + error };
}
