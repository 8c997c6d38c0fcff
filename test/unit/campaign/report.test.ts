import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readFlags } from '../../campaign/options.ts';
import { type FlowReport, isClean, tableOf } from '../../campaign/report.ts';
import { bugTable, isEnough } from '../../campaign/seeded/find-bugs.ts';

const GOOD = { plan: 'created:a#1:before', violations: [], isReached: true, convergedMs: 1_500, ms: 3_000, tries: 1 };
const BAD = { ...GOOD, plan: 'created:a#1:answered', violations: [{ oracle: 'O4' as const, what: 'a write' }] };

const flow = (runs: FlowReport['runs']): FlowReport => {
  return { flow: 'created', writes: 1, unstable: [], clean: [], runs, skipped: 0 };
};

test('a failed run is told with the plan that repeats it', () => {
  const report = { flows: [flow([GOOD, BAD])], seconds: 6 };
  const table = tableOf(report);
  assert.equal(isClean(report), false);
  assert.match(table, /--only 'created:a#1:answered'\n {4}O4 {2}a write\n/);
  assert.match(table, /2 runs with crashes in 6 s, 1 failed/);
  assert.doesNotMatch(table, /--only 'created:a#1:before'/);
});

test('what was left out is told in the last line, and by name', () => {
  const unmet = { ...GOOD, isReached: false, tries: 5 };
  const pair = { ...unmet, plan: 'created:a#1:unanswered+b#1:unanswered', tries: 1 };
  const runs = [GOOD, { ...unmet, plan: 'created:c#1:before' }, { ...GOOD, plan: 'created:d#1:before' }, pair];
  const report = { flows: [{ ...flow(runs), unstable: ['c#1', 'd#1'], skipped: 3 }], seconds: 9 };
  const lines = tableOf(report).trimEnd().split('\n');
  assert.equal(
    lines.at(-1),
    '4 runs with crashes in 9 s, 0 failed; not met: 1 of 3 points, and the second of 1 of 1 pairs; ' +
      'writes that not every clean run has: 1 of 2 crashed at; no time for 3',
  );
  assert.ok(lines.includes('created:c#1:before, tried 5 times'));
});

test('a flow that could not be learned is a failure', () => {
  assert.equal(isClean({ flows: [{ ...flow([]), error: 'it does not end' }], seconds: 1 }), false);
  assert.equal(isClean({ flows: [flow([GOOD])], seconds: 1 }), true);
});

test('nine of ten bugs are enough, and one that proves nothing is not found', () => {
  const found = { bug: 'a', foundBy: ['O1: gone'] };
  const reports = Array.from({ length: 9 }, () => found);
  assert.equal(isEnough([...reports, { bug: 'b', foundBy: [] }]), true);
  assert.equal(
    isEnough([...reports.slice(1), { ...found, void: 'fails without it' }, { bug: 'b', foundBy: [] }]),
    false,
  );
  assert.match(bugTable(reports), /9 of 9 bugs were found/);
});

test('the quiet time is long unless it is to be short', () => {
  assert.equal(readFlags([])?.quietMs, 60_000);
  assert.equal(readFlags(['--short'])?.quietMs, 1_000);
  assert.equal(readFlags(['--short', '--quiet', '3'])?.quietMs, 3_000);
});

test('arguments that make no sense are refused', () => {
  assert.throws(() => readFlags(['--plane', 'astral']), /--plane takes real or memory/);
  assert.throws(() => readFlags(['--jobs', 'many']), /--jobs takes a number above 0/);
  assert.throws(() => readFlags(['--nonsense']), TypeError);
  assert.equal(readFlags(['--help']), undefined);
});
