import assert from 'node:assert/strict';
import test from 'node:test';
import { KubeError } from '../../../src/kube/errors.ts';
import { retryDelay } from '../../../src/kube/retry-delay.ts';

const refused = (code: number, retryAfterSeconds?: number) =>
  new KubeError({ code, reason: 'SomeReason', message: '', retryAfterSeconds });
const CREATE = { method: 'POST' };
const APPLY = { method: 'PATCH', idempotent: true };
const GET = { method: 'GET', idempotent: true };

test('429 is retried for every call, after the time that the server names', () => {
  for (const call of [CREATE, APPLY, GET]) assert.equal(retryDelay(call, refused(429, 3), 1), 3000);
});

test('a failure of the server is retried for what may be done twice, after the time that the server names', () => {
  for (const code of [500, 502, 503, 504]) {
    assert.equal(retryDelay(APPLY, refused(code, 3), 1), 3000);
    assert.equal(retryDelay(CREATE, refused(code, 3), 1), undefined);
  }
});

test('nothing is retried where the server names no time, nor what is refused for good', () => {
  for (const code of [429, 500, 502, 503, 504]) assert.equal(retryDelay(GET, refused(code), 1), undefined);
  for (const code of [400, 401, 403, 404, 409, 410, 422]) assert.equal(retryDelay(GET, refused(code, 1), 1), undefined);
});

test('the fourth attempt is the last', () => {
  assert.deepEqual(
    [1, 2, 3, 4, 5].map((attempt) => retryDelay(GET, refused(429, 1), attempt)),
    [1000, 1000, 1000, undefined, undefined],
  );
});

test('a reset connection is replaced once, for a GET', () => {
  const reset = new KubeError({ code: 0, reason: 'ConnectionReset', message: '' });
  assert.deepEqual([retryDelay(GET, reset, 1), retryDelay(GET, reset, 2)], [0, undefined]);
  assert.equal(retryDelay(APPLY, reset, 1), undefined);
  const timeout = new KubeError({ code: 0, reason: 'Timeout', message: '' });
  assert.equal(retryDelay(GET, timeout, 1), undefined);
  assert.equal(retryDelay(GET, new Error('something else'), 1), undefined);
});
