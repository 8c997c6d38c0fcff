import assert from 'node:assert/strict';
import { test } from 'node:test';
import { commands, valuesOf } from './shell.ts';

test('commands are told apart by lines, pipes and lists, and go on after a backslash', () => {
  const block = `kubectl get x \\\n  -o name | sort && echo done   # a remark\n# all a remark\nwhile read -r a; do b "$a"; done\n`;
  assert.deepEqual(commands(block), [
    ['kubectl', 'get', 'x', '-o', 'name'],
    ['sort'],
    ['echo', 'done'],
    ['while', 'read', '-r', 'a'],
    ['do', 'b', '$a'],
    ['done'],
  ]);
});

test('what is quoted is one word, without its quotes', () => {
  assert.deepEqual(commands(`a -p '{"b": "#c | d"}' "e \\"f\\""`), [['a', '-p', '{"b": "#c | d"}', 'e "f"']]);
});

test('options have their values after a sign or a space', () => {
  assert.deepEqual(valuesOf(['x', '-o', 'json', '--for=condition=Ready', '-o'], '-o', '--for'), [
    'json',
    'condition=Ready',
  ]);
});
