/**
 * `npm run build`: bundles the programs into dist/, which is what the image holds (they start faster and take less memory),
 * and the library into dist/library/, which is what the package holds: JavaScript, since Node strips no types in
 * node_modules, and its declarations.
 */
import { execFile } from 'node:child_process';
import { rm } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { COMMON, PROGRAM } from './build-options.ts';

const root = fileURLToPath(new URL('../', import.meta.url));

await rm(new URL('../dist/', import.meta.url), { recursive: true, force: true });
await Promise.all([bundlePrograms(), bundleLibrary(), declareLibrary()]);

async function bundlePrograms(): Promise<void> {
  await build({
    ...PROGRAM,
    absWorkingDir: root,
    entryPoints: {
      entrypoint: 'src/main/entrypoint.ts',
      anwdl: 'src/main/anwdl.ts',
      preload: 'src/embedded/node/preload/main.ts',
    },
    outdir: 'dist',
    minifySyntax: true,
    sourcemap: true,
  });
}

async function bundleLibrary(): Promise<void> {
  await build({
    ...COMMON,
    absWorkingDir: root,
    entryPoints: { index: 'src/index.ts', client: 'src/client.ts', server: 'src/server.ts' },
    outdir: 'dist/library',
    packages: 'external',
  });
}

/** Into dist/library/src. Whether the types are right is what `npm run check` says. @throws with what the compiler said */
async function declareLibrary(): Promise<void> {
  const compiler = fileURLToPath(new URL('../node_modules/typescript/bin/tsc', import.meta.url));
  try {
    await promisify(execFile)(process.execPath, [compiler, '--project', 'deploy/declarations.json'], { cwd: root });
  } catch (error) {
    throw new Error(`no declarations: ${(error as { stdout?: string }).stdout?.trim()}`, { cause: error });
  }
}
