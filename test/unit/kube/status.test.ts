import assert from 'node:assert/strict';
import test from 'node:test';
import fc from 'fast-check';
import { KubeError } from '../../../src/kube/errors.ts';
import { errorOfAnswer } from '../../../src/kube/status.ts';

const refusal = (details: unknown) =>
  errorOfAnswer(422, JSON.stringify({ kind: 'Status', reason: 'Invalid', message: 'no', details }), undefined);

test('causes and details of a Status are kept', () => {
  const causes = [
    { reason: 'FieldValueInvalid', message: 'Invalid value: 9: at most 6', field: 'spec.containers.warm' },
    { message: 'names no field' },
    { reason: 'FieldValueInvalid', message: 'some rules were not checked', field: '<nil>' },
  ];
  const error = refusal({ name: 'lab', group: 'anweddol.io', kind: 'anweddolservers', uid: 'u', causes });
  assert.deepEqual(error.causes, [
    causes[0],
    { reason: 'Unknown', message: 'names no field', field: '' },
    { ...causes[2], field: '' },
  ]);
  assert.deepEqual(error.details, { name: 'lab', group: 'anweddol.io', kind: 'anweddolservers' });
});

test('a Status without causes has none', () => {
  assert.deepEqual([refusal({}).causes, refusal(undefined).causes, refusal(null).causes], [[], [], []]);
  assert.equal(refusal(undefined).details, undefined);
});

test('the time to wait comes from the header, else from the Status', () => {
  const body = JSON.stringify({ kind: 'Status', details: { retryAfterSeconds: 7 } });
  assert.equal(errorOfAnswer(503, body, '2').retryAfterSeconds, 2);
  assert.equal(errorOfAnswer(503, body, undefined).retryAfterSeconds, 7);
  assert.equal(errorOfAnswer(503, 'busy', 'soon').retryAfterSeconds, undefined);
});

test('whatever the answer holds, it becomes an error with the code of the answer', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.dictionary(fc.string(), fc.jsonValue()), (details, rest) => {
      const error = errorOfAnswer(500, JSON.stringify({ ...rest, kind: 'Status', details }), undefined);
      assert.ok(error instanceof KubeError);
      assert.equal(error.code, 500);
      for (const { reason, message, field } of error.causes) {
        assert.deepEqual([typeof reason, typeof message, typeof field], ['string', 'string', 'string']);
      }
    }),
  );
});
