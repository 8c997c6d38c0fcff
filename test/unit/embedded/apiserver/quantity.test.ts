import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { canonicalQuantity, quantityNano } from '../../../../src/embedded/apiserver/base/quantity.ts';

test('a quantity is written in the largest unit in which it is a whole number', () => {
  const forms: Record<string, string> = {
    '0.5': '500m',
    '1000m': '1',
    '1024Mi': '1Gi',
    '1.5Gi': '1536Mi',
    '2000000000': '2G',
    '0.5Ki': '512',
    '0': '0',
    '-1500m': '-1500m',
    '2e3': '2e3',
    '100n': '100n',
  };
  for (const [text, canonical] of Object.entries(forms)) assert.equal(canonicalQuantity(text), canonical);
});

test('what is no quantity has no amount', () => {
  for (const text of ['', '1x', 'Gi', '1 Gi', '--1', '1ki']) assert.equal(quantityNano(text), undefined);
});

test('the canonical form means the same, and is its own canonical form', () => {
  const units = fc.constantFrom('n', 'u', 'm', '', 'k', 'M', 'G', 'T', 'Ki', 'Mi', 'Gi', 'e3', 'e-2');
  fc.assert(
    fc.property(fc.integer({ min: -100_000, max: 100_000 }), units, (number, unit) => {
      const canonical = canonicalQuantity(`${number}${unit}`) ?? '';
      assert.equal(quantityNano(canonical), quantityNano(`${number}${unit}`));
      assert.equal(canonicalQuantity(canonical), canonical);
    }),
  );
});
