import * as z from 'zod';
import { runScript } from './run-script.ts';

const BuiltIso = z.object({ path: z.string(), sha256: z.string(), bytes: z.number(), cached: z.boolean() });
export type BuiltIso = z.infer<typeof BuiltIso>;

/**
 * The container ISO, built unless the cache has it.
 * @param say told each step of the build
 * @throws Error with the build's last line
 */
export async function containerIso(say: (line: string) => void, signal?: AbortSignal): Promise<BuiltIso> {
  try {
    return BuiltIso.parse(await runScript('deploy/iso/build.sh', say, signal));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`the container ISO could not be built: ${why}`, { cause: error });
  }
}
