import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isSameQuantity, quantityValue } from '../../../src/kube/quantity.ts';

test('quantities of every form have their value', () => {
  const values: [string, number | undefined][] = [
    ['0', 0],
    ['1.5', 1.5],
    ['.5', 0.5],
    ['100m', 0.1],
    ['2Ki', 2048],
    ['3M', 3e6],
    ['1e3', 1000],
    ['1E', 1e18],
    ['-1k', -1000],
    ['', undefined],
    ['1 Gi', undefined],
    ['1gi', undefined],
    ['one', undefined],
  ];
  for (const [text, value] of values) assert.equal(quantityValue(text), value, text);
});

test('the forms in which an API server writes a quantity are the same quantity', () => {
  for (const [one, other] of [
    ['0.5', '500m'],
    ['0.1', '100m'],
    ['0.7', '700m'],
    ['1024Mi', '1Gi'],
    ['1000', '1k'],
    ['1.1k', '1100'],
  ] as const) {
    assert.ok(isSameQuantity(one, other), `${one} ${other}`);
  }
  assert.ok(!isSameQuantity('1', '1001m'));
  assert.ok(!isSameQuantity('x', 'x'));
});
