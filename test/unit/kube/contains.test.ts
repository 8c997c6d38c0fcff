import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { contains } from '../../../src/kube/contains.ts';

test('an object contains itself, and itself with more fields contains it', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.dictionary(fc.string(), fc.jsonValue()), (value, more) => {
      assert.ok(contains(value, value));
      if (typeof value === 'object' && value !== null && !Array.isArray(value))
        assert.ok(contains({ ...more, ...value }, value));
    }),
  );
});

test('a changed value, a missing field and a list of another length are differences', () => {
  assert.ok(!contains({ a: 1 }, { a: 2 }));
  assert.ok(!contains({}, { a: 1 }));
  assert.ok(!contains({ a: [1, 2] }, { a: [1] }));
  assert.ok(!contains({ a: { b: 1 } }, { a: [] }));
});

test('what is empty need not be stored', () => {
  assert.ok(contains({}, { a: [], b: {}, c: { d: [] } }));
  assert.ok(!contains({}, { a: [0] }));
  assert.ok(!contains({ a: 'text' }, { a: {} }));
});

test('a quantity may stand there in another form, but only where quantities are', () => {
  const resources = (cpu: string, memory: string) => ({ resources: { requests: { cpu }, limits: { memory } } });
  assert.ok(contains(resources('500m', '1Gi'), resources('0.5', '1024Mi')));
  assert.ok(!contains(resources('500m', '1Gi'), resources('0.5', '1025Mi')));
  assert.ok(!contains({ labels: { size: '1000m' } }, { labels: { size: '1' } }));
});
