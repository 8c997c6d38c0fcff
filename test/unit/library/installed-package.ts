import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../../../', import.meta.url));
const NAME = 'anweddol-operator';
/** Everything that the package is built from. */
const SOURCES = ['src', 'deploy', 'package.json', 'tsconfig.json', 'README.md', 'LICENSE'];

const run = promisify(execFile);

/** A project that has the package among its dependencies, as it is packed from this tree. */
export interface InstalledPackage extends AsyncDisposable {
  folder: string;
  /** Paths in the package. */
  files: string[];
}

/** @param modules what is installed beside it, and can be imported */
export async function installPackage(modules: readonly string[]): Promise<InstalledPackage> {
  await using undo = new AsyncDisposableStack();
  const temporary = await mkdtemp(join(tmpdir(), 'library-'));
  undo.defer(() => rm(temporary, { recursive: true, force: true }));
  const source = join(temporary, 'source');
  const folder = join(temporary, 'project');
  await Promise.all(SOURCES.map((name) => cp(join(ROOT, name), join(source, name), { recursive: true })));
  await symlink(join(ROOT, 'node_modules'), join(source, 'node_modules'));
  await run(process.execPath, ['deploy/bundle.ts'], { cwd: source });
  const packing = await run('npm', ['pack', '--json', '--ignore-scripts', '--loglevel=error'], { cwd: source });
  const [packed] = JSON.parse(packing.stdout) as { filename: string; files: { path: string }[] }[];
  if (!packed) throw new Error('nothing was packed');
  const target = join(folder, 'node_modules', NAME);
  await mkdir(target, { recursive: true });
  await run('tar', ['-xzf', join(source, packed.filename), '-C', target, '--strip-components=1']);
  for (const name of modules) {
    const link = join(folder, 'node_modules', name);
    await mkdir(dirname(link), { recursive: true });
    await symlink(join(ROOT, 'node_modules', name), link);
  }
  await writeFile(join(folder, 'package.json'), JSON.stringify({ type: 'module', private: true }));
  const kept = undo.move();
  return {
    folder,
    files: packed.files.map(({ path }) => path),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** The programs that the package's page shows, by file name: each begins with a comment that holds it. */
export async function examples(): Promise<Map<string, string>> {
  const page = await readFile(join(ROOT, 'src/LIBRARY.md'), 'utf8');
  const blocks = page.matchAll(/^```ts\n\/\/ (\S+\.ts)\n(.*?)^```$/gms);
  return new Map(Array.from(blocks, ([, name = '', code = '']) => [name, code]));
}
