import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/**
 * Runs one of the project's scripts that make something and answer with a line of JSON.
 * @param path from the project's top level
 * @param say told each line of progress
 * @throws Error with the script's last line
 */
export async function runScript(path: string, say: (line: string) => void, signal?: AbortSignal): Promise<unknown> {
  const script = fileURLToPath(new URL(`../../../${path}`, import.meta.url));
  const child = spawn('bash', [script], { stdio: ['ignore', 'pipe', 'pipe'], ...(signal && { signal }) });
  let output = '';
  let lastLine = '';
  child.stdout.on('data', (chunk: Buffer) => {
    output += chunk.toString('utf8');
  });
  createInterface({ input: child.stderr }).on('line', (line) => {
    lastLine = line;
    say(line);
  });
  const { promise, resolve, reject } = Promise.withResolvers<number | null>();
  child.once('error', reject).once('close', resolve);
  if ((await promise) !== 0) throw new Error(lastLine);
  return JSON.parse(output);
}
