import assert from 'node:assert/strict';
import test from 'node:test';
import { canResume } from '../../../src/kube/can-resume.ts';
import { KubeError } from '../../../src/kube/errors.ts';

const error = (code: number, reason: string) => new KubeError({ code, reason, message: 'a test said so' });

test('a watch goes on where the connection failed or the server is busy', () => {
  for (const reason of ['Timeout', 'ConnectionReset', 'ConnectionRefused', 'Unreachable']) {
    assert.ok(canResume(error(0, reason)), reason);
  }
  assert.ok(canResume(error(429, 'TooManyRequests')));
  assert.ok(canResume(error(503, 'ServiceUnavailable')));
});

test('it takes a new list where the version or the stream is not to be trusted', () => {
  for (const code of [400, 401, 403, 404, 410, 500, 504]) assert.ok(!canResume(error(code, 'Unknown')), String(code));
  assert.ok(!canResume(error(0, 'InvalidAnswer')));
  assert.ok(!canResume(new TypeError('a bug')));
});
