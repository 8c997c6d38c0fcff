import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Armed } from '../../campaign/plan/armed.ts';
import { parsePlan, planText } from '../../campaign/plan/plan.ts';
import { plansOf } from '../../campaign/plan/plans.ts';
import { learnWrites, WriteCounter } from '../../campaign/plan/writes.ts';

const flow = { name: 'created', act: async () => {} };

test('a plan is what its text says', () => {
  const text = 'create-cold:operator/patch/a.b/c/lab-*#1:before+server/create/x#2:answered';
  const plan = parsePlan(text);
  assert.equal(plan.points.length, 2);
  assert.equal(planText(plan), text);
  assert.deepEqual(parsePlan('created:'), { flow: 'created', points: [] });
  assert.throws(() => parsePlan('created:a#1'), RangeError);
});

test('each learned write is crashed at three moments', () => {
  const plans = plansOf(flow, ['a#1', 'b#1'], { moments: 'all', pairs: true });
  assert.deepEqual(plans.map(planText), [
    'created:a#1:before',
    'created:a#1:unanswered',
    'created:a#1:answered',
    'created:b#1:before',
    'created:b#1:unanswered',
    'created:b#1:answered',
  ]);
});

test('pairs are every write, and whatever may be written after it', () => {
  const plans = plansOf({ ...flow, pairs: true }, ['a#1', 'a#2'], { moments: 'one', pairs: true });
  assert.deepEqual(plans.map(planText).slice(2), [
    'created:a#1:unanswered+a#1:unanswered',
    'created:a#2:unanswered+a#1:unanswered',
  ]);
});

test('writes of one run only are not learned', () => {
  const learned = learnWrites([
    ['a#1', 'b#1', 'a#2'],
    ['b#1', 'a#1'],
  ]);
  assert.deepEqual(learned, { writes: ['a#1', 'b#1'], unstable: ['a#2'] });
});

test('writes are numbered among their like', () => {
  const counter = new WriteCounter();
  assert.deepEqual(
    ['a', 'b', 'a'].map((key) => counter.next(key)),
    ['a#1', 'b#1', 'a#2'],
  );
});

test('a plan waits for its point, then for the next one from there', () => {
  const armed = new Armed(parsePlan('f:a#2:before+a#1:answered').points);
  assert.equal(armed.meet('a'), undefined);
  assert.equal(armed.meet('b'), undefined);
  assert.equal(armed.meet('a'), 'before');
  assert.equal(armed.isOver, false);
  assert.equal(armed.meet('a'), 'answered');
  assert.equal(armed.isOver, true);
  assert.equal(armed.meet('a'), undefined);
});
