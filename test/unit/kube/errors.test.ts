import assert from 'node:assert/strict';
import test from 'node:test';
import { isAlreadyExists, isConflict, isInvalid, isNotFound, KubeError } from '../../../src/kube/errors.ts';
import { keyOf, nameOf } from '../../../src/kube/objects.ts';

test('refusals are told apart by code and reason', () => {
  const refusals = [
    { code: 404, reason: 'NotFound' },
    { code: 409, reason: 'Conflict' },
    { code: 409, reason: 'AlreadyExists' },
    { code: 422, reason: 'Invalid' },
  ].map((fields) => new KubeError({ ...fields, message: '' }));
  const table = [isNotFound, isConflict, isAlreadyExists, isInvalid].map((is) => refusals.map(is));
  assert.deepEqual(table, [
    [true, false, false, false],
    [false, true, true, false],
    [false, false, true, false],
    [false, false, false, true],
  ]);
  assert.equal(isConflict(new Error('Conflict')), false);
});

test('a key leads back to its name, with and without a namespace', () => {
  for (const name of [{ namespace: 'lab', name: 'a' }, { name: 'a' }]) assert.deepEqual(nameOf(keyOf(name)), name);
});
