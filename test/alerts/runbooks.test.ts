import assert from 'node:assert/strict';
import { access, readdir, readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { test } from 'node:test';
import { REASONS } from '../../src/api/reasons.ts';
import { runAnwdl } from '../support/run-anwdl.ts';
import { RUNBOOKS, readAlerts } from './rules.ts';

const CHAPTERS = [
  'What it means',
  'What it does to clients',
  'How to look',
  'What to do',
  'How to see that it is over',
];

const alerts = await readAlerts();
const files = (await readdir(RUNBOOKS)).filter((name) => name !== 'README.md');
const books = await Promise.all(
  files.map(async (name) => ({ name, text: await readFile(`${RUNBOOKS}${name}`, 'utf8') })),
);

test('each alert names its runbook, and each runbook is of an alert', () => {
  assert.deepEqual(
    alerts.map(({ annotations }) => annotations.runbook),
    alerts.map(({ alert }) => `deploy/runbooks/${alert}.md`),
  );
  assert.deepEqual(alerts.map(({ alert }) => `${alert}.md`).sort(), files.sort());
});

test('no alert has a link, which would lead nowhere but where somebody keeps the runbooks', () => {
  for (const { alert, annotations } of alerts) assert.doesNotMatch(JSON.stringify(annotations), /https?:/, alert);
});

test('each runbook has the same chapters', () => {
  for (const { name, text } of books) {
    assert.deepEqual(
      [...text.matchAll(/^## (.+)$/gm)].map(([, title]) => title),
      CHAPTERS,
      name,
    );
  }
});

test('links in runbooks lead somewhere', async () => {
  for (const { name, text } of books) {
    for (const [, target = ''] of text.matchAll(/\]\(([^)#]+)[^)]*\)/g)) {
      await access(resolve(dirname(`${RUNBOOKS}${name}`), target)).catch(() => assert.fail(`${name}: ${target}`));
    }
  }
});

test('reasons that runbooks name are there', () => {
  for (const { name, text } of books) {
    for (const [, row = ''] of text.matchAll(/^\| (`[^|]+`) \|/gm)) {
      for (const [, reason = ''] of row.matchAll(/`(\w+)`/g)) assert.ok(reason in REASONS, `${name}: ${reason}`);
    }
  }
});

test('commands of anwdl that runbooks name are there', async () => {
  const named = new Set(
    books.flatMap(({ text }) => [...text.matchAll(/^anwdl (\S+)/gm)].map(([, command = '']) => command)),
  );
  assert.ok(named.size > 0);
  for (const command of named) {
    const { code, stdout } = await runAnwdl([command, '--help']);
    assert.equal(code, 0, command);
    assert.match(stdout, new RegExp(`^Usage: anwdl ${command} `));
  }
});
