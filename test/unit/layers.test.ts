import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';

const SRC = fileURLToPath(new URL('../../src/', import.meta.url));

/** Which folders a folder may import from, besides itself. */
const ALLOWED: Record<string, string[]> = {
  main: [
    'admin',
    'api',
    'client',
    'embedded',
    'kube',
    'observability',
    'operator',
    'runtime',
    'server',
    'virtualization',
    'wire',
  ],
  admin: ['api', 'client', 'kube', 'operator', 'runtime'],
  operator: ['api', 'kube', 'runtime', 'virtualization'],
  server: ['runtime', 'virtualization', 'wire'],
  client: ['runtime', 'wire'],
  embedded: ['kube', 'runtime'],
  virtualization: ['api', 'kube', 'runtime'],
  kube: ['runtime'],
  // The type of a REST resource, for the constant that says where ours is.
  api: ['kube'],
  wire: [],
  'index.ts': ['client.ts', 'server.ts'],
  'client.ts': ['client', 'runtime', 'wire'],
  'server.ts': ['runtime', 'server', 'virtualization', 'wire'],
  runtime: [],
  // Types only: it says where what they tell about themselves goes.
  observability: ['kube', 'operator', 'runtime', 'server'],
};

async function imports(): Promise<{ file: string; from: string; to: string; specifier: string }[]> {
  const names = (await readdir(SRC, { recursive: true })).filter((name) => name.endsWith('.ts'));
  const found = await Promise.all(
    names.map(async (name) => {
      const text = await readFile(join(SRC, name), 'utf8');
      return [...text.matchAll(/^(?:import|export)[^;]*?from '([^']+)'/gms)].map(([statement, specifier = '']) => {
        const target = specifier.startsWith('.')
          ? relative(SRC, resolve(dirname(join(SRC, name)), specifier))
          : specifier;
        return { file: name, from: folderOf(name), to: folderOf(target), specifier, statement };
      });
    }),
  );
  return found.flat();
}

const folderOf = (path: string) => path.split(sep)[0] ?? '';

test('imports point one way', async () => {
  const wrong = (await imports())
    .filter(({ specifier }) => specifier.startsWith('.'))
    .filter(({ from, to }) => to in ALLOWED && from !== to && !ALLOWED[from]?.includes(to));
  assert.deepEqual(
    wrong.map(({ file, specifier }) => `${file} imports ${specifier}`),
    [],
  );
});

test('no file imports itself by way of others, types included', async () => {
  const targets = new Map<string, string[]>();
  for (const { file, specifier } of await imports()) {
    const target = relative(SRC, resolve(dirname(join(SRC, file)), specifier));
    if (specifier.startsWith('.')) targets.set(file, [...(targets.get(file) ?? []), target]);
  }
  // What only files outside any circle import goes first; what is left in the end are circles, and what imports them.
  for (let before = -1; before !== targets.size; ) {
    before = targets.size;
    for (const [file, imported] of targets) if (!imported.some((target) => targets.has(target))) targets.delete(file);
  }
  assert.deepEqual([...targets.keys()], []);
});

test('only src/kube uses the Kubernetes client library at run time', async () => {
  const names = (await readdir(SRC, { recursive: true })).filter(
    (name) => name.endsWith('.ts') && folderOf(name) !== 'kube',
  );
  const texts = await Promise.all(names.map(async (name) => [name, await readFile(join(SRC, name), 'utf8')] as const));
  const users = texts.filter(([, text]) => /^import (?!type)[^;]*client-node'/m.test(text)).map(([name]) => name);
  assert.deepEqual(users, []);
});

test('the runtime names nothing of this product or of its platform', async () => {
  const names = (await readdir(join(SRC, 'runtime'), { recursive: true })).filter((name) => name.endsWith('.ts'));
  const texts = await Promise.all(names.map((name) => readFile(join(SRC, 'runtime', name), 'utf8')));
  assert.ok(names.length > 20);
  assert.deepEqual(
    names.filter((_, index) => /anweddol|kubevirt|virtualmachine/i.test(texts[index] ?? '')),
    [],
  );
});
