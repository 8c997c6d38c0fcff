import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { duration } from '../../../src/admin/text/duration.ts';
import { shown, shownJson } from '../../../src/admin/text/shown.ts';
import { table } from '../../../src/admin/text/table.ts';
import { widthOf, wrap } from '../../../src/admin/text/wrap.ts';

/** What a terminal acts upon, and what turns the direction of writing. */
const ACTS = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;
const HOSTILE = 'a\x1b[2J\x1b]0;title\x07b\r\nc\u009b31m\u202egnp.exe\u2028d\u{e0041}\ud800';
const anyText = fc.string({ unit: 'binary', maxLength: 300 });

test('what others wrote is one line without anything that a terminal acts upon', () => {
  assert.equal(shown(HOSTILE), 'a [2J ]0;title b c 31m gnp.exe d');
  fc.assert(fc.property(anyText, (text) => !ACTS.test(shown(text)) && shown(text) === shown(shown(text))));
});

test('what is too long is cut, between characters', () => {
  assert.equal(shown('😀'.repeat(10), 4), '😀😀😀…');
});

test('JSON holds nothing that a terminal acts upon but its own line breaks, and says the same', () => {
  assert.ok(!ACTS.test(shownJson({ text: HOSTILE })));
  fc.assert(
    fc.property(anyText, anyText, (key, text) => {
      const json = shownJson({ [`_${key}`]: text });
      assert.deepEqual(JSON.parse(json), { [`_${key}`]: text });
      return !ACTS.test(json);
    }),
  );
});

test('wrapped lines keep to the width, and lose no word', () => {
  const words = fc.array(
    fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 60 }).map((word) => word.replaceAll(' ', '-')),
  );
  fc.assert(
    fc.property(words, fc.integer({ min: 20, max: 100 }), (parts, width) => {
      const lines = wrap(parts.join(' '), width, { first: '> ', others: '  ' });
      assert.ok(lines.every((line) => line.length <= width));
      assert.equal(
        lines
          .map((line) => line.slice(2))
          .join('')
          .replaceAll(' ', ''),
        parts.join(''),
      );
    }),
  );
});

test('the first line begins with one margin, the others with another', () => {
  assert.deepEqual(wrap('one two three', 10, { first: '* ', others: '  ' }), ['* one two', '  three']);
});

test('a pipe is as wide as a usual terminal, and a terminal neither too narrow nor too wide', () => {
  assert.deepEqual(
    [widthOf({}), widthOf({ columns: 100 }), widthOf({ columns: 5 }), widthOf({ columns: 999 })],
    [80, 100, 40, 120],
  );
});

test('a table that is too wide gives up room in its widest column', () => {
  assert.deepEqual(
    table(
      ['A', 'LONG'],
      [
        ['1', 'x'.repeat(20)],
        ['22', 'y'],
      ],
      16,
    ),
    ['  A   LONG', `  22  y`].toSpliced(1, 0, `  1   ${'x'.repeat(9)}…`),
  );
});

const DURATIONS: [number, string][] = [
  [0, '0s'],
  [999, '0s'],
  [45_000, '45s'],
  [300_000, '5m'],
  [302_000, '5m2s'],
  [12_000_000, '3h20m'],
  [3 * 86_400_000 + 20_000, '3d'],
  [-5, '0s'],
  [Number.NaN, '?'],
];
for (const [ms, text] of DURATIONS) {
  test(`${ms} ms are told as ${text}`, () => {
    assert.equal(duration(ms), text);
  });
}
