import * as z from 'zod';
import { runScript } from './run-script.ts';

const Built = z.object({ path: z.string(), cached: z.boolean() });

/**
 * The folder with the programs of a real control plane, built from their Go modules unless the cache has them.
 * @param say told each step of the build, which takes minutes
 * @throws Error with the build's last line
 */
export async function controlPlanePrograms(say: (line: string) => void, signal?: AbortSignal): Promise<string> {
  try {
    return Built.parse(await runScript('test/controlplane/build.sh', say, signal)).path;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new Error(`no real control plane: ${why}`, { cause: error });
  }
}
