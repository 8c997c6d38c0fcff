import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import test from 'node:test';
import { failure, readCommandLine, sourceDate } from '../../../deploy/image/command-line.ts';
import { readOffers, WANTED } from '../../../deploy/image/files/debian-package.ts';
import { PROGRAM_LABELS, PROGRAM_RUN } from '../../../deploy/image/program-image.ts';
import { answer } from '../../../deploy/image/report.ts';

const NO_ACTIONS = { program: async () => {}, iso: async () => {}, files: async () => {} };

/** One instruction's values, lines that continue joined. */
async function instructions(name: string): Promise<string[]> {
  const text = await readFile(new URL('../../../Dockerfile', import.meta.url), 'utf8');
  const last = text.slice(text.lastIndexOf('\nFROM ')).replaceAll(/\\\n\s*/g, '');
  return [...last.matchAll(new RegExp(`^${name} (.*)$`, 'gm'))].map(([, value = '']) => value);
}

test('the Dockerfile says of the image what we say', async () => {
  assert.deepEqual(await instructions('USER'), [PROGRAM_RUN.User]);
  assert.deepEqual(await instructions('ENV'), PROGRAM_RUN.Env);
  assert.deepEqual(await instructions('WORKDIR'), [PROGRAM_RUN.WorkingDir]);
  assert.deepEqual(await instructions('STOPSIGNAL'), [PROGRAM_RUN.StopSignal]);
  assert.deepEqual(JSON.parse((await instructions('ENTRYPOINT'))[0] ?? ''), PROGRAM_RUN.Entrypoint);
  const labels = Object.entries(PROGRAM_LABELS).map(([name, value]) => `${name}="${value}"`);
  assert.deepEqual(await instructions('LABEL'), [labels.join(' ')]);
});

test('the Dockerfile builds on an image named by digest, and ends on none', async () => {
  const text = await readFile(new URL('../../../Dockerfile', import.meta.url), 'utf8');
  assert.match(text, /^ARG BUILD_IMAGE=\S+@sha256:[0-9a-f]{64}$/m);
  assert.deepEqual(
    [...text.matchAll(/^FROM (.*)$/gm)].map(([, value]) => value),
    ['--platform=linux/amd64 $' + '{BUILD_IMAGE} AS build', 'scratch'],
  );
});

test('the newest that apt offers of each package is taken, in the order asked for', () => {
  const [old, recent] = ['a'.repeat(64), 'b'.repeat(64)];
  const text = [
    `Package: libc6\nVersion: 2\nDescription: x\n Package: fake\nSHA256: ${recent}`,
    `Package: libc6\nVersion: 1\nSHA256: ${old}`,
    `Package: base-files\nVersion: 12\nSHA256: ${old}\n`,
  ].join('\n\n');
  assert.deepEqual(readOffers(text, ['base-files', 'libc6']), [
    { name: 'base-files', version: '12', sha256: old },
    { name: 'libc6', version: '2', sha256: recent },
  ]);
});

test('a package that apt does not offer, or without a checksum, is named with what to do', () => {
  const text = 'Package: libc6\nVersion: 2\n';
  assert.throws(() => readOffers(text, ['libc6', 'x']), /apt offers no libc6, x: .*'apt-get update' as root/);
});

test('no two packages put a file at one place', () => {
  const paths = WANTED.flatMap(({ files }) => Object.values(files));
  assert.equal(new Set(paths).size, paths.length);
});

test('the date of everything is given, or fixed', () => {
  assert.equal(sourceDate({}, 7), 7);
  assert.equal(sourceDate({ SOURCE_DATE_EPOCH: '' }, 7), 7);
  assert.equal(sourceDate({ SOURCE_DATE_EPOCH: '1700000000' }, 7), 1_700_000_000);
  for (const wrong of ['now', '-1', '1.5', '12345678901']) {
    assert.throws(
      () => sourceDate({ SOURCE_DATE_EPOCH: wrong }, 7),
      /SOURCE_DATE_EPOCH is ".*": it takes whole seconds/,
    );
  }
});

test('without a command it makes the image of the programs', async () => {
  const seen: unknown[] = [];
  const program = async (flags: unknown) => void seen.push(flags);
  await readCommandLine(['--tag', 'registry.example/a:1', '--layout'], { ...NO_ACTIONS, program });
  assert.deepEqual(seen, [{ tag: 'registry.example/a:1', layout: true, output: 'dist/image', format: 'text' }]);
});

test('a wrong name is refused in one line, before anything is made', async () => {
  const said = await readCommandLine(['--tag', 'No Name'], NO_ACTIONS).catch(failure);
  assert.deepEqual([said?.code, said?.line?.split('\n').length], [1, 1]);
  assert.match(said?.line ?? '', /"No Name" is no name for an image: it takes NAME:TAG/);
});

test('the answer for people has one row for each fact, for programs one line', () => {
  const made = { path: '/x.tar', name: 'a:1', digest: 'sha256:0', compressedBytes: 1_500_000, unpackedBytes: 2e6 };
  assert.equal(
    answer(made, 'text'),
    [
      'image        a:1\ndigest       sha256:0\ncompressed   1.5 MB\n',
      'unpacked     2.0 MB\npath         /x.tar\n',
    ].join(''),
  );
  assert.deepEqual(JSON.parse(answer({ ...made, isoSha256: 'ab' }, 'json')), { ...made, isoSha256: 'ab' });
});
