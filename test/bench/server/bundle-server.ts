import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { PROGRAM } from '../../../deploy/build-options.ts';

/** Bundles the server program as `npm run build` does the programs; gives its path. */
export async function bundleServer(): Promise<string> {
  const outdir = await mkdtemp(join(tmpdir(), 'bench-server-'));
  await build({
    ...PROGRAM,
    splitting: false,
    entryPoints: [fileURLToPath(new URL('./server-program.ts', import.meta.url))],
    outdir,
    outExtension: { '.js': '.mjs' },
    minifySyntax: true,
  });
  return join(outdir, 'server-program.mjs');
}
