import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';

/** Runs a program with its input; what it printed has its errors last. */
export async function runProgram(
  program: string,
  args: string[],
  input: string,
): Promise<{ code: number | null; printed: string }> {
  const child = spawn(program, args, { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(input);
  const ended = new Promise<number | null>((resolve, reject) => child.once('close', resolve).once('error', reject));
  const [code, printed, errors] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
  return { code, printed: printed + errors };
}
