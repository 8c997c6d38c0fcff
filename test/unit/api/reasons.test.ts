import assert from 'node:assert/strict';
import { glob, readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { REASONS } from '../../../src/api/reasons.ts';
import { reasonsDocument } from '../../../src/api/reasons-document.ts';

const root = new URL('../../../', import.meta.url);
const names = Object.keys(REASONS);

/** All sources but the registry itself. */
async function sources(): Promise<string> {
  const texts: string[] = [];
  for await (const path of glob('src/**/*.ts', { cwd: root })) {
    if (!path.startsWith('src/api/reasons')) texts.push(await readFile(new URL(path, root), 'utf8'));
  }
  return texts.join('\n');
}

test('every reason is one word in CamelCase, as conditions want it', () => {
  for (const name of names) assert.match(name, /^[A-Z][A-Za-z0-9]{1,63}$/);
});

test('every reason in the registry is told somewhere', async () => {
  const text = await sources();
  const unused = names.filter((name) => !new RegExp(`['"\`]${name}['"\`]|\\b${name}:`).test(text));
  assert.deepEqual(unused, []);
});

test('every reason says what it means, in a sentence, and so does every remedy', () => {
  for (const { means, remedy = 'None.' } of Object.values<{ means: string; remedy?: string }>(REASONS)) {
    for (const sentence of [means, remedy]) assert.match(sentence, /^[A-Za-z].*[.!?]$/);
  }
});

test('the document has every reason', () => {
  const text = reasonsDocument();
  for (const name of names) assert.ok(text.includes(`| \`${name}\` |`), name);
});
