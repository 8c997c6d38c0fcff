import assert from 'node:assert/strict';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { build, type Metafile } from 'esbuild';
import { PROGRAM } from '../../../deploy/build-options.ts';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));

/** The sources of all that is read when a bundled program starts: what only an `import()` leads to is not. */
function readAtStart({ outputs }: Metafile, start: string): string[] {
  const seen = new Set<string>();
  const follow = (path: string): void => {
    if (seen.has(path)) return;
    seen.add(path);
    for (const { path: next, kind, external } of outputs[path]?.imports ?? []) {
      if (kind !== 'dynamic-import' && !external) follow(next);
    }
  };
  follow(start);
  return [...seen].flatMap((path) => Object.keys(outputs[path]?.inputs ?? {}));
}

test('a client starts without what is for administrators, and without the client for Kubernetes', async () => {
  const { metafile } = await build({
    ...PROGRAM,
    absWorkingDir: ROOT,
    entryPoints: { anwdl: 'src/main/anwdl.ts' },
    outdir: 'dist',
    metafile: true,
    write: false,
  });
  const sources = readAtStart(metafile, 'dist/anwdl.js');
  assert.deepEqual(sources.filter((path) => path.startsWith('src/admin/')).toSorted(), [
    'src/admin/commands.ts',
    'src/admin/help.ts',
  ]);
  assert.deepEqual(
    sources.filter((path) => /^src\/(api|kube|operator|virtualization)\/|client-node|\/undici\//.test(path)),
    [],
  );
  const all = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.keys(inputs));
  assert.ok(all.includes('src/admin/doctor/checks/all.ts'), 'and yet it is in the bundle');
});
