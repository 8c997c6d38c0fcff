import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Metafile } from 'esbuild';
import { VERSION } from '../../../src/version.ts';
import { PROGRAM } from '../../build-options.ts';
import { type Entry, file, link } from '../oci/entry.ts';
import { NODE_PATH } from './node-runtime.ts';

const ROOT = new URL('../../../', import.meta.url);
const FOLDER = 'app/dist';
/** The image has no `env` that would look for it. */
const INTERPRETER = `#!/${NODE_PATH}\n`;

/** The programs as `npm run build` makes them, without the demo's preload and without the library. */
export async function bundlePrograms(): Promise<{ entries: Entry[]; metafile: Metafile }> {
  const { outputFiles, metafile } = await build({
    ...PROGRAM,
    absWorkingDir: fileURLToPath(ROOT),
    entryPoints: { entrypoint: 'src/main/entrypoint.ts', anwdl: 'src/main/anwdl.ts' },
    outdir: 'dist',
    minifySyntax: true,
    sourcemap: true,
    // Lines and names of the sources are enough to read a stack, and half the size.
    sourcesContent: false,
    metafile: true,
    write: false,
  });
  const manifest = { name: 'anweddol-operator', version: VERSION, license: 'Apache-2.0', type: 'module' };
  const entries = [
    file('app/package.json', `${JSON.stringify(manifest)}\n`),
    ...outputFiles.map(({ path, contents }) => program(basename(path), contents)),
    link('usr/local/bin/anwdl', `/${FOLDER}/anwdl.js`),
    file('usr/share/doc/anweddol-operator/LICENSE', await readFile(new URL('LICENSE', ROOT))),
  ];
  return { entries, metafile };
}

function program(name: string, contents: Uint8Array): Entry {
  if (name !== 'anwdl.js') return file(`${FOLDER}/${name}`, contents);
  const text = Buffer.from(contents).toString('utf8');
  return file(`${FOLDER}/${name}`, text.replace(/^#!.*\n/, INTERPRETER), 0o755);
}
