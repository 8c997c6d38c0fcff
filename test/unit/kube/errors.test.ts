import assert from 'node:assert/strict';
import test from 'node:test';
import {
  isAlreadyExists,
  isConflict,
  isExpired,
  isForbidden,
  isInvalid,
  isMissing,
  isNetworkFailure,
  isNotFound,
  isTooManyRequests,
  isUnauthorized,
  KubeError,
  NETWORK_FAILURES,
} from '../../../src/kube/errors.ts';
import { keyOf, nameOf } from '../../../src/kube/objects.ts';

test('refusals are told apart by code', () => {
  const codes = new Map([
    [isUnauthorized, 401],
    [isForbidden, 403],
    [isNotFound, 404],
    [isConflict, 409],
    [isExpired, 410],
    [isInvalid, 422],
    [isTooManyRequests, 429],
  ]);
  for (const [is, code] of codes) {
    const matched = [...codes.values()].filter((other) => is(new KubeError({ code: other, reason: '', message: '' })));
    assert.deepEqual(matched, [code]);
  }
  assert.equal(isConflict(new Error('Conflict')), false);
  assert.equal(isConflict({ code: 409 }), false);
});

test('AlreadyExists is one of the conflicts', () => {
  const conflict = (reason: string) => new KubeError({ code: 409, reason, message: '' });
  assert.deepEqual(['AlreadyExists', 'Conflict'].map(conflict).map(isAlreadyExists), [true, false]);
  assert.deepEqual(['AlreadyExists', 'Conflict'].map(conflict).map(isConflict), [true, true]);
});

test('an object is missing when the server says so of its name', () => {
  const answer = (reason: string, name?: string) =>
    new KubeError({ code: 404, reason, message: '', ...(name && { details: { name } }) });
  assert.equal(isMissing(answer('NotFound', 'a'), 'a'), true);
  for (const other of [answer('NotFound', 'b'), answer('NotFound'), answer('Unknown', 'a'), new Error('NotFound')]) {
    assert.equal(isMissing(other, 'a'), false);
  }
});

test('failures of the network are told from refusals and from answers that make no sense', () => {
  const of = (code: number, reason: string) => isNetworkFailure(new KubeError({ code, reason, message: '' }));
  for (const reason of NETWORK_FAILURES) assert.equal(of(0, reason), true);
  for (const reason of ['InvalidAnswer', 'NoCredentials', 'NoConfiguration']) assert.equal(of(0, reason), false);
  assert.equal(of(504, 'Timeout'), false);
});

test('a key leads back to its name, with and without a namespace', () => {
  for (const name of [{ namespace: 'lab', name: 'a' }, { name: 'a' }]) assert.deepEqual(nameOf(keyOf(name)), name);
});
