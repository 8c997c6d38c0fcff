import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';

const SCRIPT = fileURLToPath(new URL('../../../deploy/iso/build.sh', import.meta.url));

const BuiltIso = z.object({ path: z.string(), sha256: z.string(), bytes: z.number(), cached: z.boolean() });
export type BuiltIso = z.infer<typeof BuiltIso>;

/**
 * The container ISO, built unless the cache has it.
 * @param say told each step of the build
 * @throws Error with the build's last line
 */
export async function containerIso(say: (line: string) => void, signal?: AbortSignal): Promise<BuiltIso> {
  const child = spawn('bash', [SCRIPT], { stdio: ['ignore', 'pipe', 'pipe'], ...(signal && { signal }) });
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
  if ((await promise) !== 0) throw new Error(`the container ISO could not be built: ${lastLine}`);
  return BuiltIso.parse(JSON.parse(output));
}
