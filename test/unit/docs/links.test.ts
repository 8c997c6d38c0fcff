import assert from 'node:assert/strict';
import { stat } from 'node:fs/promises';
import { test } from 'node:test';
import { anchors, documents, links, ROOT } from './documents.ts';

const all = await documents();
const texts = new Map(all.map(({ path, text }) => [path, text]));

/** Why a link leads nowhere; undefined where it leads somewhere, or out of the project. */
async function fault(from: string, target: string): Promise<string | undefined> {
  if (/^[a-z]+:/i.test(target)) return undefined;
  const url = new URL(target, new URL(from, ROOT));
  const path = decodeURIComponent(url.pathname).slice(ROOT.pathname.length);
  const isThere = await stat(new URL(path || '.', ROOT)).then(
    () => true,
    () => false,
  );
  if (!isThere) return `${from}: there is no ${path}`;
  if (!url.hash) return undefined;
  const text = texts.get(path);
  if (text === undefined) return `${from}: ${path} has no headings to link to`;
  return anchors(text).has(decodeURIComponent(url.hash.slice(1))) ? undefined : `${from}: ${path} has no ${url.hash}`;
}

test('every relative link and anchor of every Markdown file leads somewhere', async () => {
  const faults = await Promise.all(all.flatMap(({ path, text }) => links(text).map((target) => fault(path, target))));
  assert.deepEqual(
    faults.filter((one) => one !== undefined),
    [],
  );
  assert.ok(faults.length > 50);
});

test('a link to nowhere would be found', async () => {
  assert.match((await fault('README.md', 'deploy/nowhere.md')) ?? '', /no deploy\/nowhere\.md/);
  assert.match((await fault('deploy/README.md', 'reasons.md#nowhere')) ?? '', /reasons\.md has no #nowhere/);
  assert.equal(await fault('deploy/guide/install.md', '../reasons.md#the-server'), undefined);
});

test('every page of the guide is linked from its table of contents', () => {
  const contents = links(texts.get('deploy/README.md') ?? '');
  const pages = all.map(({ path }) => path).filter((path) => path.startsWith('deploy/guide/'));
  assert.ok(pages.length > 5);
  assert.deepEqual(
    pages.filter((path) => !contents.includes(path.slice('deploy/'.length))),
    [],
  );
});

test('headings are given the anchors that GitHub gives them', () => {
  const text = '# Keys, `certs` & more\n```\n# not a heading\n```\n## Twice\n## Twice\n## [A link](x.md)?\n';
  assert.deepEqual([...anchors(text)], ['keys-certs--more', 'twice', 'twice-1', 'a-link']);
});
