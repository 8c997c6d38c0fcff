import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { z } from 'zod';

const PROGRAM = fileURLToPath(new URL('../../deploy/image/main.ts', import.meta.url));
const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const Answer = z.object({
  path: z.string(),
  name: z.string(),
  digest: z.string(),
  compressedBytes: z.number(),
  unpackedBytes: z.number(),
  sbom: z.string().optional(),
  licences: z.string().optional(),
  isoSha256: z.string().optional(),
});
export type Answer = z.infer<typeof Answer>;

/** `npm run image`, as a process of its own. @throws Error with what it said */
export async function makeImage(args: string[], environment: NodeJS.ProcessEnv = {}): Promise<Answer> {
  const env = { ...process.env, ...environment };
  const { stdout } = await promisify(execFile)(process.execPath, [PROGRAM, ...args, '-o', 'json'], { cwd: ROOT, env });
  return Answer.parse(JSON.parse(stdout));
}
