import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { lstat, mkdir, mkdtempDisposable, readdir, readFile, rename, stat, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { EXIT } from '../../../src/client/cli/errors.ts';
import { contentOf, keysOf, withKey } from '../../../src/client/cli/known-servers/known-lines.ts';
import { KnownServersFile, NotWritten } from '../../../src/client/cli/known-servers/known-servers-file.ts';
import { FakeClock } from '../../support/fake-clock.ts';

const key = (server: string) => ({ server, kind: 'rsa' as const, sha256: 'ab'.repeat(32) });

async function newFolder(context: TestContext): Promise<string> {
  const folder = await mkdtempDisposable(join(tmpdir(), 'known-servers-'));
  context.after(() => folder.remove());
  return folder.path;
}

test('what was never written is empty, and reading makes no folder', async (context) => {
  const folder = await newFolder(context);
  assert.deepEqual(await new KnownServersFile(join(folder, 'anwdl', 'known_servers')).read(), []);
  assert.deepEqual(await readdir(folder), []);
});

test('the file and its folder are for the user alone, and nothing else is left in it', async (context) => {
  const folder = join(await newFolder(context), 'config', 'anwdl');
  const file = new KnownServersFile(join(folder, 'known_servers'));
  await file.update((lines) => withKey(lines, key('one:1')));
  await file.update((lines) => withKey(lines, key('two:2')));
  assert.deepEqual(keysOf(await file.read()), [key('one:1'), key('two:2')]);
  assert.equal((await stat(folder)).mode & 0o777, 0o700);
  assert.equal((await stat(file.path)).mode & 0o777, 0o600);
  assert.deepEqual(await readdir(folder), ['known_servers']);
});

test('a change that changes nothing writes nothing', async (context) => {
  const file = new KnownServersFile(join(await newFolder(context), 'known_servers'));
  await writeFile(file.path, '# as it was');
  await file.update((lines) => lines);
  assert.equal(await readFile(file.path, 'utf8'), '# as it was');
  assert.deepEqual(await readdir(join(file.path, '..')), ['known_servers']);
});

test('a symbolic link stays one', async (context) => {
  const folder = await newFolder(context);
  await mkdir(join(folder, 'elsewhere'));
  await writeFile(join(folder, 'elsewhere', 'servers'), '# mine\n');
  const file = new KnownServersFile(join(folder, 'known_servers'));
  await symlink(join('elsewhere', 'servers'), file.path);
  await file.update((lines) => withKey(lines, key('one:1')));
  assert.ok((await lstat(file.path)).isSymbolicLink());
  assert.match(await readFile(join(folder, 'elsewhere', 'servers'), 'utf8'), /^# mine\none:1 rsa SHA256:\S+\n$/);
});

test('two programs that write at the same time lose nothing, and nobody reads half a file', async (context) => {
  const file = new KnownServersFile(join(await newFolder(context), 'known_servers'));
  const folder = new URL('../../../src/client/cli/known-servers/', import.meta.url);
  const program = `
    const { KnownServersFile } = await import('${new URL('known-servers-file.ts', folder)}');
    const { withKey } = await import('${new URL('known-lines.ts', folder)}');
    const [path, name] = process.argv.slice(1);
    for (let port = 1; port <= 40; port += 1) {
      const key = { server: name + ':' + port, kind: 'rsa', sha256: 'ab'.repeat(32) };
      await new KnownServersFile(path).update((lines) => withKey(lines, key));
    }`;
  const writers = ['one', 'two'].map((name) =>
    spawn(process.execPath, ['--input-type=module', '-e', program, file.path, name], { stdio: 'inherit' }),
  );
  const ended = Promise.all(writers.map((writer) => once(writer, 'close')));
  let isOver = false;
  const over = ended.then(() => {
    isOver = true;
  });
  let most = 0;
  while (!isOver) {
    const count = (await file.read()).length;
    assert.ok(count >= most);
    most = count;
  }
  await over;
  assert.deepEqual(await ended, [
    [0, null],
    [0, null],
  ]);
  assert.equal(new Set(keysOf(await file.read()).map(({ server }) => server)).size, 80);
});

test('a program that finds another one writing waits for it', async (context) => {
  const clock = new FakeClock();
  const file = new KnownServersFile(join(await newFolder(context), 'known_servers'), clock);
  await writeFile(`${file.path}.lock`, '');
  const update = file.update((lines) => withKey(lines, key('one:1')));
  await clock.untilPending(1);
  // The other one is done.
  await writeFile(`${file.path}.lock`, contentOf(withKey([], key('other:1'))));
  await rename(`${file.path}.lock`, file.path);
  await clock.advanceToNext();
  await update;
  assert.deepEqual(keysOf(await file.read()), [key('other:1'), key('one:1')]);
});

test('it does not wait for ever, and takes nothing away from whoever writes', async (context) => {
  const clock = new FakeClock();
  const file = new KnownServersFile(join(await newFolder(context), 'known_servers'), clock);
  await writeFile(`${file.path}.lock`, 'half a li');
  const refused = assert.rejects(
    file.update((lines) => withKey(lines, key('one:1'))),
    {
      message: `another anwdl is writing to it, or was killed while it did: if none runs, remove ${file.path}.lock`,
    },
  );
  while (clock.elapsed() < 5_000) await clock.advanceToNext();
  await refused;
  assert.equal(await readFile(`${file.path}.lock`, 'utf8'), 'half a li');
  assert.deepEqual(await file.read(), []);
});

test('who has no patience is told at once', async (context) => {
  const clock = new FakeClock();
  const file = new KnownServersFile(join(await newFolder(context), 'known_servers'), clock);
  await writeFile(`${file.path}.lock`, '');
  await assert.rejects(
    file.update((lines) => withKey(lines, key('one:1')), { patienceMs: 0 }),
    NotWritten,
  );
  assert.equal(clock.elapsed(), 0);
});

test('a file that is malformed is neither used nor replaced', async (context) => {
  const file = new KnownServersFile(join(await newFolder(context), 'known_servers'));
  await writeFile(file.path, '# fine\nlab:6150 rsa nonsense\n');
  const fault = {
    name: 'CliError',
    exitCode: EXIT.config,
    message: `the known-servers file ${file.path} is malformed, line 2: the third word has to be a fingerprint, SHA256:<base64>`,
  };
  await assert.rejects(file.read(), fault);
  await assert.rejects(
    file.update((lines) => withKey(lines, key('one:1'))),
    fault,
  );
  assert.equal(await readFile(file.path, 'utf8'), '# fine\nlab:6150 rsa nonsense\n');
  assert.deepEqual(await readdir(join(file.path, '..')), ['known_servers']);
});

test('what is no file, or no text, is refused', async (context) => {
  const folder = await newFolder(context);
  await assert.rejects(new KnownServersFile(folder).read(), {
    exitCode: EXIT.config,
    message: `the known-servers file ${folder} cannot be read: ${folder} is not a regular file`,
  });
  const path = join(folder, 'known_servers');
  await writeFile(path, Buffer.of(0x23, 0xff, 0x0a));
  await assert.rejects(new KnownServersFile(path).read(), {
    exitCode: EXIT.config,
    message: `the known-servers file ${path} is no text in UTF-8`,
  });
});

test('a place where nothing can be written is told', async (context) => {
  const plain = join(await newFolder(context), 'plain');
  await writeFile(plain, '');
  const file = new KnownServersFile(join(plain, 'anwdl', 'known_servers'));
  assert.deepEqual(await file.read(), []);
  await assert.rejects(
    file.update((lines) => withKey(lines, key('one:1'))),
    (error) => {
      assert.ok(error instanceof NotWritten);
      assert.equal(error.message, 'a part of the path is no folder');
      return true;
    },
  );
});
