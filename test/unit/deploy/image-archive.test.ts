import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import test, { type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { digest, writeLayer } from '../../../deploy/image/oci/blob.ts';
import { type Entry, file, folder, link } from '../../../deploy/image/oci/entry.ts';
import { canonicalName, checkImageName } from '../../../deploy/image/oci/image-name.ts';
import { tar } from '../../../deploy/image/oci/tar.ts';

const run = promisify(execFile);
const TIME = 1_700_000_000;

async function temporary(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'archive-'));
  t.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

async function bytesOf(entries: readonly Entry[], mtime = TIME): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(tar(entries, mtime)));
}

test('an archive is what tar reads: owners, modes, times, links, contents, folders in between', async (t) => {
  const path = join(await temporary(t), 'x.tar');
  const long = `${'a'.repeat(90)}/${'b'.repeat(90)}`;
  const entries = [
    file('disk/x.iso', Buffer.alloc(700, 1), 0o444, { uid: 107, gid: 107 }),
    folder('tmp', 0o1777),
    link('bin/anwdl', '/app/anwdl.js'),
    file(long, 'long'),
  ];
  await writeFile(path, await bytesOf(entries));
  const { stdout } = await run('tar', ['--numeric-owner', '--utc', '--full-time', '-tvf', path]);
  const rows = stdout
    .trim()
    .split('\n')
    .map((line) => line.split(/\s+/).join(' '));
  assert.deepEqual(rows, [
    `drwxr-xr-x 0/0 0 2023-11-14 22:13:20 ${'a'.repeat(90)}/`,
    `-rw-r--r-- 0/0 4 2023-11-14 22:13:20 ${long}`,
    'drwxr-xr-x 0/0 0 2023-11-14 22:13:20 bin/',
    'lrwxrwxrwx 0/0 0 2023-11-14 22:13:20 bin/anwdl -> /app/anwdl.js',
    'drwxr-xr-x 0/0 0 2023-11-14 22:13:20 disk/',
    '-r--r--r-- 107/107 700 2023-11-14 22:13:20 disk/x.iso',
    'drwxrwxrwt 0/0 0 2023-11-14 22:13:20 tmp/',
  ]);
  assert.equal((await run('tar', ['-xOf', path, 'disk/x.iso'])).stdout, '\u0001'.repeat(700));
});

test('the order in which entries are given does not matter, their time does', async () => {
  const entries = [file('b', '2'), file('a/c', '1'), link('d', 'b')];
  const first = await bytesOf(entries);
  assert.ok(first.equals(await bytesOf(entries.toReversed())));
  assert.ok(!first.equals(await bytesOf(entries, TIME + 1)));
});

test('what the format has no room for is refused', async () => {
  await assert.rejects(bytesOf([file('x'.repeat(101), '')]), /does not fit into a tar header/);
  await assert.rejects(bytesOf([link('x', 'y'.repeat(101))]), /does not fit into a tar header/);
  await assert.rejects(bytesOf([file('x', ''), file('x', '')]), /x is there twice/);
});

test('a file that changes while it is read fails the archive', async (t) => {
  const path = join(await temporary(t), 'x');
  await writeFile(path, 'abc');
  await assert.rejects(bytesOf([file('x', { path, bytes: 4 })]), /has changed while it was read/);
});

test('a layer lies under its own digest, and names that of what is in it', async (t) => {
  const path = await temporary(t);
  const entries = [file('a', 'x'.repeat(10_000))];
  const layer = await writeLayer(path, entries, TIME);
  assert.equal(layer.path, join(path, layer.digest.slice('sha256:'.length)));
  const { stdout } = await run('sh', ['-c', 'sha256sum <"$0"; gzip -dc "$0" | sha256sum; wc -c <"$0"', layer.path]);
  const [packed, unpacked, bytes] = stdout.split('\n').map((line) => line.split(' ')[0]);
  assert.deepEqual(
    [`sha256:${packed}`, `sha256:${unpacked}`, Number(bytes)],
    [layer.digest, layer.diffId, layer.bytes],
  );
  assert.equal(layer.diffId, digest(await bytesOf(entries)));
  assert.equal(layer.unpackedBytes, (await bytesOf(entries)).length);
});

test('names are stored in full, as runtimes look for them', () => {
  assert.equal(canonicalName('anweddol-operator:1'), 'docker.io/library/anweddol-operator:1');
  assert.equal(canonicalName('lab/anweddol-operator:1'), 'docker.io/lab/anweddol-operator:1');
  assert.equal(canonicalName('registry.example/a/b:1'), 'registry.example/a/b:1');
  assert.equal(canonicalName('localhost/a:1'), 'localhost/a:1');
  assert.equal(canonicalName('registry:5000/a:1'), 'registry:5000/a:1');
});

test('what can be no name is refused', () => {
  for (const name of ['', 'a', 'A:1', 'a b:1', 'a:', 'a:1 ', 'registry.example/a@sha256:00', '/a:1']) {
    assert.throws(() => checkImageName(name), /it takes NAME:TAG/, name);
  }
  for (const name of ['a:1', 'registry.example:5000/a/b-c:1.0_x', 'lab/a__b:1'])
    assert.equal(checkImageName(name), name);
});
