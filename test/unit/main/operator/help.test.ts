import assert from 'node:assert/strict';
import { test } from 'node:test';
import { FIELDS } from '../../../../src/main/operator/fields.ts';
import { help } from '../../../../src/main/operator/help.ts';
import { readCommand } from '../../../../src/main/operator/read-command.ts';

test('the help names every option as flag, variable and key, with its default', () => {
  const text = help();
  for (const { flag, variable, key, fallback } of FIELDS) {
    for (const part of [flag, variable, key, `Default: ${fallback ?? ''}`]) assert.ok(text.includes(part), part);
  }
});

test('no line of the options is wider than a terminal of 100 columns', () => {
  const [options = ''] = help().split('\nEvery flag');
  assert.deepEqual(
    options.split('\n').filter((line) => line.length > 100),
    [],
  );
});

test('the examples of the help run', () => {
  const examples = [...help().matchAll(/^ {2}(?<variables>(?:[A-Z_]+=\S+ )*)operator (?<flags>--.+)$/gm)];
  assert.equal(examples.length, 3);
  for (const { groups } of examples) {
    const variables = (groups?.variables ?? '').trim().split(' ').filter(Boolean);
    const environment = Object.fromEntries(variables.map((variable) => variable.split('=')));
    assert.equal(readCommand(groups?.flags?.split(' ') ?? [], environment).kind, 'run');
  }
});
