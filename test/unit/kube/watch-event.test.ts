import assert from 'node:assert/strict';
import test from 'node:test';
import { KubeError } from '../../../src/kube/errors.ts';
import { parseWatchEvent } from '../../../src/kube/watch-event.ts';

const object = { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'a' } };

test('a change carries its object', () => {
  for (const type of ['ADDED', 'MODIFIED', 'DELETED']) {
    assert.deepEqual(parseWatchEvent(JSON.stringify({ type, object })), { type, object });
  }
});

test('a bookmark carries its version only', () => {
  const line = JSON.stringify({ type: 'BOOKMARK', object: { kind: 'Pod', metadata: { resourceVersion: '7' } } });
  assert.deepEqual(parseWatchEvent(line), { type: 'BOOKMARK', resourceVersion: '7' });
});

test('an ERROR throws what its Status says', () => {
  const status = { kind: 'Status', code: 410, reason: 'Expired', message: 'too old' };
  assert.throws(
    () => parseWatchEvent(JSON.stringify({ type: 'ERROR', object: status })),
    new KubeError({ code: 410, reason: 'Expired', message: 'too old' }),
  );
});

test('anything else throws and is not quoted', () => {
  for (const line of [
    '',
    '[]',
    'null',
    '{"type":"ADDED"}',
    '{"type":"ADDED","object":{"secret":1}}',
    '{"secret',
    '{"type":"X","object":{}}',
  ]) {
    assert.throws(
      () => parseWatchEvent(line),
      (error: KubeError) => {
        assert.equal(error.reason, 'InvalidAnswer');
        assert.doesNotMatch(error.message, /secret/);
        return true;
      },
    );
  }
});
