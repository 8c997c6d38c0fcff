import { cp, mkdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { PROGRAM } from '../../../deploy/build-options.ts';
import type { Image } from '../../../src/embedded/node/images/image-catalogue.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** The programs of the project, bundled for this campaign alone. */
export interface Programs {
  entrypoint: string;
  /** What pods of server processes run. */
  image: Image;
}

/**
 * Bundles the sources of a folder that is laid out as the project is.
 * @param into a folder of its own, below which nothing else is
 */
export async function bundlePrograms(into: string, root = ROOT): Promise<Programs> {
  await build({
    ...PROGRAM,
    absWorkingDir: root,
    entryPoints: { entrypoint: 'src/main/entrypoint.ts', preload: 'src/embedded/node/preload/main.ts' },
    outdir: into,
    sourcemap: true,
    outExtension: { '.js': '.mjs' },
  });
  const entrypoint = join(into, 'entrypoint.mjs');
  return {
    entrypoint,
    image: { kind: 'program', command: [process.execPath, entrypoint], root: ROOT, preload: join(into, 'preload.mjs') },
  };
}

/** A copy of the sources that may be changed, with the same dependencies. */
export async function copySources(into: string): Promise<string> {
  await mkdir(into, { recursive: true });
  await cp(join(ROOT, 'src'), join(into, 'src'), { recursive: true });
  await cp(join(ROOT, 'package.json'), join(into, 'package.json'));
  await symlink(join(ROOT, 'node_modules'), join(into, 'node_modules'));
  return into;
}
