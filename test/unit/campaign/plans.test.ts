import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Armed } from '../../campaign/plan/armed.ts';
import { parsePlan, planText } from '../../campaign/plan/plan.ts';
import { plansOf } from '../../campaign/plan/plans.ts';
import { isLaterRenewal, learnWrites, WriteCounter } from '../../campaign/plan/writes.ts';

const flow = { name: 'created', act: async () => {} };
const learned = (writes: string[], unstable: string[] = []) => ({ writes, unstable });

test('a plan is what its text says', () => {
  const text = 'create-cold:operator/patch/a.b/c/lab-*#1:before+server/create/x#2:answered';
  const plan = parsePlan(text);
  assert.equal(plan.points.length, 2);
  assert.equal(planText(plan), text);
  assert.deepEqual(parsePlan('created:'), { flow: 'created', points: [] });
  assert.throws(() => parsePlan('created:a#1'), RangeError);
});

test('each learned write is crashed at three moments', () => {
  const plans = plansOf(flow, learned(['a#1', 'b#1']), { moments: 'all', pairs: true });
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
  const plans = plansOf({ ...flow, pairs: true }, learned(['a#1', 'a#2']), { moments: 'one', pairs: true });
  assert.deepEqual(plans.map(planText).slice(2), [
    'created:a#1:unanswered+a#1:unanswered',
    'created:a#2:unanswered+a#1:unanswered',
  ]);
});

test('writes of some runs only are learned as such', () => {
  const runs = [
    ['a#1', 'b#1', 'a#2'],
    ['b#1', 'a#1'],
    ['a#1', 'b#1', 'c#1'],
  ];
  assert.deepEqual(learnWrites(runs), { writes: ['a#1', 'b#1'], unstable: ['a#2', 'c#1'] });
});

test('writes of some runs only are crashed at as well, but for the short form', () => {
  const some = learned(['a#1'], ['b#1']);
  const writes = (moments: 'all' | 'one') =>
    plansOf(flow, some, { moments, pairs: true }).map(({ points }) => points.map(({ write }) => write).join());
  assert.deepEqual(writes('all'), ['a#1', 'a#1', 'a#1', 'b#1', 'b#1', 'b#1']);
  assert.deepEqual(writes('one'), ['a#1']);
});

test('points that are no writes are crashed at in each of their ways', () => {
  const points = [{ point: 'deletion/asked', moments: ['operator-killed', 'server-killed'] as const }];
  const plans = plansOf({ ...flow, points }, learned([]), { moments: 'one', pairs: false });
  assert.deepEqual(plans.map(planText), [
    'created:deletion/asked#1:operator-killed',
    'created:deletion/asked#1:server-killed',
  ]);
});

test('of the renewals of a Lease the first stands for all', () => {
  const writes = ['x/leases/a=taken#1', 'x/leases/a=renewed#1', 'x/leases/a=renewed#2', 'x/leases/a=renewed#11'];
  assert.deepEqual(writes.filter(isLaterRenewal), writes.slice(2));
});

test('writes are numbered among their like', () => {
  const counter = new WriteCounter();
  assert.deepEqual(
    ['a', 'b', 'a'].map((key) => counter.next(key)),
    ['a#1', 'b#1', 'a#2'],
  );
});

test('a plan none of whose points came up is untouched, and one without a point is not', () => {
  const armed = new Armed(parsePlan('f:a#1:before').points);
  assert.equal(armed.isUntouched, true);
  armed.meet('a');
  assert.equal(armed.isUntouched, false);
  assert.equal(new Armed([]).isUntouched, false);
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
