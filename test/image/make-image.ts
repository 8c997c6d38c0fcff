import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import * as z from 'zod';

export const ROOT = fileURLToPath(new URL('../../', import.meta.url));

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

/**
 * `npm run image`, as a process of its own.
 * @param root where the project is
 * @throws Error with what it said
 */
export async function makeImage(
  args: string[],
  environment: NodeJS.ProcessEnv = {},
  root: string = ROOT,
): Promise<Answer> {
  const env = { ...process.env, ...environment };
  const program = join(root, 'deploy/image/main.ts');
  const { stdout } = await promisify(execFile)(process.execPath, [program, ...args, '-o', 'json'], { cwd: root, env });
  return Answer.parse(JSON.parse(stdout));
}
