import assert from 'node:assert/strict';
import { test } from 'node:test';
import { suggestion } from '../../../../src/main/operator/suggestion.ts';

const KNOWN = ['--log-level', '--log-format', '--namespaces', '--help'];

test('a slip of the hand is recognised, however it is written', () => {
  for (const written of ['--log-levle', '--loglevel', '--logLevel', '--log_level', '--log-leve']) {
    assert.equal(suggestion(written, KNOWN), '--log-level');
  }
  assert.equal(suggestion('--namespace', KNOWN), '--namespaces');
});

test('nothing is suggested for what resembles nothing', () => {
  for (const written of ['--zzz', 'kubernetes', '', '--x']) assert.equal(suggestion(written, KNOWN), undefined);
});
