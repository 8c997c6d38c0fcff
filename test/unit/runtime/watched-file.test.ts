import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rename, rm, symlink, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { promisify } from 'node:util';
import { WatchedFile } from '../../../src/runtime/watched-file.ts';
import { FakeClock } from '../../support/fake-clock.ts';

async function folder(t: TestContext): Promise<string> {
  const path = await mkdtemp(join(tmpdir(), 'watched-file-'));
  t.after(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** A number a file; the numbers of files that belong together are the same. */
function parseNumbers(contents: Buffer[]): number {
  const numbers = contents.map(String);
  const [first = ''] = numbers;
  if (!/^\d+$/.test(first)) throw new Error(`not a number, ${first.length} characters`);
  if (new Set(numbers).size > 1) throw new Error('the numbers differ');
  return Number(first);
}

async function watch(t: TestContext, paths: string[], maxBytes = 1_000) {
  const clock = new FakeClock();
  const parsed: string[] = [];
  const reloads: number[] = [];
  const errors: string[] = [];
  const parse = (contents: Buffer[]) => {
    parsed.push(contents.map(String).join());
    return parseNumbers(contents);
  };
  const onError = (error: unknown) => errors.push(error instanceof Error ? error.message : 'not an Error');
  const onReload = (value: number) => {
    if (value === 666) throw new Error('nobody takes 666');
    reloads.push(value);
  };
  const file = await WatchedFile.open(paths, { parse, clock, maxBytes, onReload, onError });
  t.after(() => file[Symbol.dispose]());
  /** One reading more, to its end. */
  const poll = async () => {
    await clock.advance(1_000);
    await clock.untilPending(1);
  };
  return { clock, file, poll, parsed, reloads, errors };
}

/** A volume as the kubelet mounts it: `name` → `..data/name`, `..data` → the folder of one version. */
async function mount(path: string, version: string, files: Record<string, string>): Promise<void> {
  const previous = (await readdir(path)).filter((name) => name.startsWith('..v'));
  await mkdir(join(path, version));
  for (const [name, content] of Object.entries(files)) await writeFile(join(path, version, name), content);
  await symlink(version, join(path, '..data_tmp'));
  await rename(join(path, '..data_tmp'), join(path, '..data'));
  for (const name of Object.keys(files)) await symlink(join('..data', name), join(path, name)).catch(() => {});
  for (const name of previous) await rm(join(path, name), { recursive: true });
}

test('a file is read when it is opened, and again when it was rewritten in place', async (t) => {
  const path = join(await folder(t), 'number');
  await writeFile(path, '1');
  const { file, poll, reloads } = await watch(t, [path]);
  assert.equal(file.current, 1);
  await writeFile(path, '2');
  assert.equal(file.current, 1);
  await poll();
  assert.equal(file.current, 2);
  await poll();
  assert.deepEqual(reloads, [2]);
  await writeFile(path, '1');
  await poll();
  assert.equal(file.current, 1);
});

test('a file that did not change is not parsed again', async (t) => {
  const path = join(await folder(t), 'number');
  await writeFile(path, '1');
  const { poll, parsed, reloads } = await watch(t, [path]);
  await poll();
  await writeFile(path, '1');
  await poll();
  assert.deepEqual([parsed, reloads], [['1'], []]);
});

test('a mounted Secret is followed through the swap of its links, and pairs stay together', async (t) => {
  const path = await folder(t);
  await mount(path, '..v1', { cert: '1', key: '1' });
  const { file, poll, errors } = await watch(t, [join(path, 'cert'), join(path, 'key')]);
  await mount(path, '..v2', { cert: '2', key: '2' });
  await poll();
  assert.equal(file.current, 2);
  await mount(path, '..v3', { cert: '3', key: '3' });
  await poll();
  assert.equal(file.current, 3);
  assert.deepEqual(errors, []);
});

test('of a pair that is half replaced the old one stays, without an alarm', async (t) => {
  const path = await folder(t);
  const [cert, key] = [join(path, 'cert'), join(path, 'key')];
  await Promise.all([cert, key].map((name) => writeFile(name, '1')));
  const { file, poll, errors } = await watch(t, [cert, key]);
  await writeFile(cert, '2');
  await poll();
  assert.equal(file.current, 1);
  await writeFile(key, '2');
  await poll();
  assert.equal(file.current, 2);
  assert.deepEqual(errors, []);
});

test('a file that is missing or cut short for a moment changes nothing and is no alarm', async (t) => {
  const path = join(await folder(t), 'number');
  await writeFile(path, '1');
  const { file, poll, errors, reloads } = await watch(t, [path]);
  await rm(path);
  await poll();
  await writeFile(path, '1');
  await poll();
  await truncate(path, 0);
  await poll();
  await writeFile(path, '1');
  await poll();
  assert.equal(file.current, 1);
  assert.deepEqual([errors, reloads], [[], []]);
});

test('a failure that lasts is told once, and again after the file was good in between', async (t) => {
  const path = join(await folder(t), 'number');
  await writeFile(path, '1');
  const { file, poll, errors, parsed } = await watch(t, [path]);
  for (let round = 1; round <= 2; round += 1) {
    await writeFile(path, 'x');
    for (let polls = 0; polls < 4; polls += 1) await poll();
    assert.deepEqual(errors, Array(round).fill('not a number, 1 characters'));
    await writeFile(path, '1');
    await poll();
  }
  assert.equal(file.current, 1);
  assert.deepEqual(parsed, ['1', 'x', 'x']);
});

test('each failure that differs from the one told before is told', async (t) => {
  const path = join(await folder(t), 'number');
  await writeFile(path, '1');
  const { file, poll, errors } = await watch(t, [path]);
  await writeFile(path, 'x');
  await poll();
  await poll();
  await rm(path);
  await poll();
  await poll();
  assert.equal(errors.length, 2);
  assert.match(errors[1] ?? '', /^ENOENT.*number/);
  assert.equal(file.current, 1);
});

test('a value that onReload does not take is refused', async (t) => {
  const path = join(await folder(t), 'number');
  await writeFile(path, '1');
  const { file, poll, errors } = await watch(t, [path]);
  await writeFile(path, '666');
  await poll();
  await poll();
  assert.equal(file.current, 1);
  assert.deepEqual(errors, ['nobody takes 666']);
});

test('opening fails when a file is missing, does not parse, is too large or no regular file', async (t) => {
  const path = await folder(t);
  const file = (name: string) => join(path, name);
  await writeFile(file('letters'), 'abc');
  await writeFile(file('long'), '1'.repeat(11));
  await promisify(execFile)('mkfifo', [file('fifo')]);
  await assert.rejects(watch(t, [file('missing')]), { code: 'ENOENT' });
  await assert.rejects(watch(t, [file('letters')]), { message: 'not a number, 3 characters' });
  await assert.rejects(watch(t, [file('long')], 10), { message: `${file('long')} is larger than 10 bytes` });
  await assert.rejects(watch(t, [file('fifo')]), { message: `${file('fifo')} is not a regular file` });
  await assert.rejects(watch(t, [path]), { message: `${path} is not a regular file` });
});

test('a file of as many bytes as the cap is read, one whose size is not told is read no further', async (t) => {
  const path = join(await folder(t), 'number');
  await writeFile(path, '1234567890');
  const { file } = await watch(t, [path], 10);
  assert.equal(file.current, 1_234_567_890);
  // Files of the kernel say that they have no size.
  await assert.rejects(watch(t, ['/proc/self/status'], 10), { message: '/proc/self/status is larger than 10 bytes' });
});

test('one reading ends before the next is due', async (t) => {
  const path = join(await folder(t), 'number');
  await writeFile(path, '1');
  const { clock, poll } = await watch(t, [path]);
  assert.equal(clock.pending, 1);
  const polling = poll();
  const { promise, resolve } = Promise.withResolvers<number>();
  // The moment that the timer has run out and the file is being read.
  clock.after(1_000, () => resolve(clock.pending));
  assert.equal(await promise, 0);
  await polling;
});

test('a file that was disposed of is not read again, not even by the reading under way', async (t) => {
  const path = join(await folder(t), 'number');
  await writeFile(path, '1');
  const { clock, file, parsed } = await watch(t, [path]);
  await writeFile(path, '2');
  const polling = clock.advance(1_000);
  clock.after(1_000, () => file[Symbol.dispose]());
  await polling;
  const other = await watch(t, [path]);
  await other.poll();
  assert.deepEqual([file.current, clock.pending, parsed], [1, 0, ['1']]);
});

test('disposing cancels the next reading', async (t) => {
  const path = join(await folder(t), 'number');
  await writeFile(path, '1');
  const { clock, file } = await watch(t, [path]);
  file[Symbol.dispose]();
  assert.equal(clock.pending, 0);
});
