/** What has no place in a text that others read: where it was written, by what, and what nobody should copy. */
import assert from 'node:assert/strict';
import { glob, readFile } from 'node:fs/promises';
import { test } from 'node:test';
import { documents, ROOT } from './documents.ts';

const FORBIDDEN: [what: string, pattern: RegExp][] = [
  ['a path of one machine', /(^|[\s"'`(=])\/(work|root|tmp\/w)\//m],
  ['the number of an issue', /(^|\s)#\d+\b|\bissue \d+/im],
  ['somebody’s registry', /\b(docker\.io|ghcr\.io|quay\.io|gcr\.io|registry\.k8s\.io)\//],
  ['a private key', /BEGIN [A-Z ]*PRIVATE KEY-----\n[A-Za-z0-9+/]{40}/],
  ['something to be done', /\b(TODO|FIXME|XXX)\b/],
  ['who or what wrote it', /\b(co-authored-by|generated with|written by an?|language model)\b/i],
  ['praise', /\b(blazing|awesome|seamless(ly)?|effortless(ly)?|world-class|cutting-edge)\b/i],
];

async function* texts(): AsyncGenerator<{ path: string; text: string }> {
  yield* await documents();
  for (const pattern of ['deploy/samples/*.yaml', 'deploy/operator/*', 'crds/*.yaml']) {
    for await (const path of glob(pattern, { cwd: ROOT })) {
      yield { path, text: await readFile(new URL(path, ROOT), 'utf8') };
    }
  }
}

test('no text of the project has what does not belong there', async () => {
  const found: string[] = [];
  for await (const { path, text } of texts()) {
    for (const [what, pattern] of FORBIDDEN) {
      const [match] = pattern.exec(text) ?? [];
      if (match) found.push(`${path} has ${what}: ${match.trim()}`);
    }
  }
  assert.deepEqual(found, []);
});

test('tables have as many cells in each row as in their head', async () => {
  const crooked = (await documents('deploy/guide/*.md')).flatMap(({ path, text }) => {
    let width = 0;
    return text.split('\n').flatMap((line, index) => {
      if (!line.startsWith('|')) width = 0;
      const cells = line.replaceAll(/`[^`]*`/g, '').split('|').length;
      if (line.startsWith('|') && width === 0) width = cells;
      return line.startsWith('|') && cells !== width ? [`${path}:${index + 1}`] : [];
    });
  });
  assert.deepEqual(crooked, []);
});
