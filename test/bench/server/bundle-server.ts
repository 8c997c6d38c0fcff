import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

/** Bundles the server program as `npm run build` does the programs; gives its path. */
export async function bundleServer(): Promise<string> {
  const outdir = await mkdtemp(join(tmpdir(), 'bench-server-'));
  await build({
    entryPoints: [fileURLToPath(new URL('./server-program.ts', import.meta.url))],
    outdir,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    target: 'node24',
    format: 'esm',
    minifySyntax: true,
    logLevel: 'warning',
    external: ['cpu-features', '*.node'],
    banner: {
      js: [
        "import { createRequire } from 'node:module';",
        'const require = createRequire(import.meta.url);',
        'const __filename = import.meta.filename;',
        'const __dirname = import.meta.dirname;',
      ].join('\n'),
    },
  });
  return join(outdir, 'server-program.mjs');
}
