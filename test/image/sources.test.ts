/** What the image is made of: which files suffice, whether their place matters, and whether stacks name them. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { promisify } from 'node:util';
import { copiedPaths, copyFolder, copySources } from './copied-sources.ts';
import { readLayout } from './layout.ts';
import { type Answer, makeImage, ROOT } from './make-image.ts';

const run = promisify(execFile);
/** Ends at once with a word on stderr. */
const REFUSED = ['operator', '--no-such-option'];
/** Has every write to stderr told with its stack. */
const TRACED = `data:text/javascript,const { write } = process.stderr;
process.stderr.write = (text) => write.call(process.stderr, new Error(text).stack + '\\n');`;

let folder: string;
let sources: string;
let image: Answer;
/** The layer of the programs, unpacked. */
let programs: string;

before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'image-sources-'));
  sources = join(folder, 'sources');
  await copySources(sources);
  image = await makeImage(['--layout', '--output', join(folder, 'image')], {}, sources);
  programs = join(folder, 'programs');
  await mkdir(programs);
  await run('tar', ['-xzf', (await readLayout(image.path)).layers.at(-1) ?? '', '-C', programs]);
});
after(() => rm(folder, { recursive: true, force: true }));

test('the paths that the Dockerfile copies are enough for what its build stage runs', async () => {
  const output = join(folder, 'files');
  await run('npm', ['run', '--silent', 'image', '--', 'files', '--output', output], { cwd: sources });
  await run('diff', ['--recursive', '--no-dereference', programs, join(output, 'program')]);
});

test('the same sources at another path make the same image', async () => {
  const elsewhere = join(folder, 'elsewhere/of/another/name');
  await mkdir(elsewhere, { recursive: true });
  await copyFolder(sources, elsewhere);
  const again = await makeImage(['--layout', '--output', join(folder, 'again')], {}, elsewhere);
  assert.equal(again.digest, image.digest);
});

test('what the Dockerfile copies is all that Docker is given', async () => {
  const lines = (await readFile(join(ROOT, '.dockerignore'), 'utf8')).split('\n');
  const given = lines.filter((line) => line.startsWith('!')).map((line) => line.slice(1));
  assert.deepEqual(given.toSorted(), (await copiedPaths()).toSorted());
});

test('each program and each part of one has its source map', async () => {
  const names = await readdir(join(programs, 'app/dist'));
  const parts = names.filter((name) => name.endsWith('.js'));
  assert.ok(parts.includes('entrypoint.js') && parts.includes('anwdl.js'));
  assert.deepEqual(names.toSorted(), parts.flatMap((name) => [name, `${name}.map`]).toSorted());
});

test('a stack names the line of the source', async () => {
  const args = ['--enable-source-maps', '--import', TRACED, join(programs, 'app/dist/entrypoint.js'), ...REFUSED];
  const { stderr } = await run(process.execPath, args).catch((error: { stderr: string }) => error);
  const [, path = '', line = ''] = /\/app\/(src\/main\/\S+\.ts):(\d+):\d+/.exec(stderr) ?? [];
  assert.ok(path, stderr);
  const source = (await readFile(join(sources, path), 'utf8')).split('\n');
  assert.match(source[Number(line) - 1] ?? '', /process\.stderr\.write\(/);
});
