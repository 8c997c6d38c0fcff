import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ANNOTATION_EXPIRES_AT, ANNOTATION_START_BY } from '../../../../src/api/names.ts';
import {
  LIFETIME_MS,
  machineIn,
  plan,
  portsOf,
  removedBy,
  START_MS,
  unready,
  unschedulable,
  up,
  WANTED,
} from './pool-fixture.ts';

const warmIn = (...ports: number[]) => ports.map((port) => machineIn({ port, state: 'warm' }));
const nothing = { promote: [], remove: [], postpone: [] };
const at = (ms: number) => new Date(ms).toISOString();

test('as many machines are booted as are wanted warm, in free slots', () => {
  const { boot, pool } = plan([]);
  assert.deepEqual([boot.count, boot.slots.length, pool.target], [2, 6, 2]);
});

test('a slot that is taken, be it by a machine that ends, is not booted into', () => {
  const taken = [
    machineIn({ port: 10_000, state: 'ready' }),
    machineIn({ port: 10_001, state: 'ready', isEnding: true }),
  ];
  assert.deepEqual(plan(taken).boot.slots, [10_002, 10_003, 10_004, 10_005]);
});

test('a full pool is left alone', () => {
  const { promote, remove, postpone, boot, againAt } = plan(warmIn(10_000, 10_001));
  assert.deepEqual({ promote, remove, postpone }, nothing);
  assert.deepEqual([boot.count, againAt], [0, undefined]);
});

test('no more than warmStartsAtOnce boot at a time', () => {
  const booting = [machineIn({ port: 10_000 })];
  assert.equal(plan([], { maxRunning: 6, warm: 6, warmStartsAtOnce: 2 }).boot.count, 2);
  assert.equal(plan(booting, { maxRunning: 6, warm: 6, warmStartsAtOnce: 2 }).boot.count, 1);
});

test('machines of clients and machines that end leave less room for warm ones', () => {
  const claimed = [10_000, 10_001, 10_002, 10_003].map((port) => machineIn({ port, state: 'ready' }));
  const ending = machineIn({ port: 10_004, state: 'ready', isEnding: true });
  const { boot, pool } = plan([...claimed, ending]);
  assert.deepEqual([boot.count, pool.target], [1, 2]);
});

test('clients in slots beyond a lowered maxRunning count: no machine is booted until they are gone', () => {
  const claimed = [10_003, 10_004, 10_005].map((port) => machineIn({ port, state: 'ready' }));
  const { boot, remove } = plan(claimed, { maxRunning: 3 });
  assert.deepEqual([boot.count, remove], [0, []]);
});

test('machines that end beyond a lowered maxRunning count as well', () => {
  const ending = [10_003, 10_004, 10_005].map((port) => machineIn({ port, state: 'ready', isEnding: true }));
  assert.equal(plan(ending, { maxRunning: 3 }).boot.count, 0);
});

test('a machine whose SSH port answers is promoted, and counts as warm', () => {
  const { promote, pool } = plan([machineIn({ port: 10_000, status: up }), machineIn({ port: 10_001 })]);
  assert.deepEqual([portsOf(promote), pool.warm, pool.booting], [[10_000], 1, 1]);
});

test('when fewer are wanted, those that boot go first, then the oldest', () => {
  const machines = [
    machineIn({ port: 10_000, state: 'warm', bootedAt: 500 }),
    machineIn({ port: 10_001, bootedAt: 900 }),
    machineIn({ port: 10_002, state: 'warm', bootedAt: 100 }),
    machineIn({ port: 10_003, state: 'warm', bootedAt: 100 }),
    machineIn({ port: 10_004, state: 'claimed' }),
  ];
  assert.deepEqual(removedBy(plan(machines, { warm: 3 })), [[10_001, 'Surplus']]);
  assert.deepEqual(
    new Set(removedBy(plan(machines, { warm: 1 })).map(([port]) => port)),
    new Set([10_001, 10_002, 10_003]),
  );
  assert.equal(removedBy(plan(machines, { warm: 0 })).length, 4);
});

test('of two of the same age the one whose name comes first goes', () => {
  assert.deepEqual(removedBy(plan(warmIn(10_003, 10_002), { warm: 1 })), [[10_002, 'Surplus']]);
});

test('warm machines in slots beyond a lowered maxRunning go, and those of clients stay', () => {
  const machines = [machineIn({ port: 10_005, state: 'warm' }), machineIn({ port: 10_004, state: 'ready' })];
  assert.deepEqual(removedBy(plan(machines, { maxRunning: 3 })), [[10_005, 'Surplus']]);
});

test('warm machines make way when clients have the rest of a lowered maxRunning', () => {
  const machines = [...warmIn(10_000, 10_001), machineIn({ port: 10_004, state: 'ready' })];
  assert.equal(removedBy(plan(machines, { maxRunning: 2 })).length, 1);
});

test('a warm machine of an older kind stays until its replacement is warm', () => {
  const old = [10_000, 10_001].map((port) => machineIn({ port, state: 'warm', isOld: true }));
  const first = plan(old);
  assert.deepEqual([removedBy(first), first.boot.count, first.pool.warm], [[], 2, 2]);
  const half = [...old, machineIn({ port: 10_002, state: 'warm' }), machineIn({ port: 10_003 })];
  assert.deepEqual(removedBy(plan(half)), [[10_000, 'Outdated']]);
});

test('one of an older kind that still boots goes at once', () => {
  assert.deepEqual(removedBy(plan([machineIn({ port: 10_000, isOld: true })])), [[10_000, 'Outdated']]);
});

test('where no slot is free, old ones make place for as many as may boot at once', () => {
  const old = [10_000, 10_001, 10_002, 10_003].map((port) => machineIn({ port, state: 'warm', isOld: true }));
  const few = { maxRunning: 4, warm: 4, warmStartsAtOnce: 1 };
  assert.deepEqual(removedBy(plan(old, few)), [[10_000, 'Outdated']]);
  const [, ...others] = old;
  const leaving = machineIn({ port: 10_000, state: 'warm', isOld: true, isEnding: true });
  assert.deepEqual(removedBy(plan([leaving, ...others], few)), []);
  assert.deepEqual(removedBy(plan([machineIn({ port: 10_000 }), ...others], few)), []);
});

test('machines of clients are never of a kind too old', () => {
  const claimed = machineIn({ port: 10_000, state: 'claimed', isOld: true });
  assert.deepEqual(removedBy(plan([claimed, ...warmIn(10_001, 10_002)])), []);
});

test('while no machine can be made, none is booted and none is too old', () => {
  const { boot, remove } = plan(
    [machineIn({ port: 10_000, state: 'warm', isOld: true })],
    {},
    { machineSha256: undefined },
  );
  assert.deepEqual([boot.count, remove], [0, []]);
});

test('a boot past its start deadline is removed as a failure', () => {
  const { remove } = plan([machineIn({ port: 10_000 })], {}, { now: START_MS });
  assert.deepEqual(remove[0]?.failed, { bootedAt: 0, why: 'StartDeadline' });
});

test('one that no node takes is held: neither replaced nor late, and its start deadline is put off', () => {
  const held = machineIn({ port: 10_000, status: unschedulable() });
  const { boot, remove, postpone, held: told } = plan([held], { warm: 1 }, { now: START_MS + 1 });
  assert.deepEqual([boot.count, remove], [0, []]);
  assert.deepEqual(postpone[0]?.startBy, LIFETIME_MS);
  assert.deepEqual([told?.reason, told?.message], ['PoolUnschedulable', '0/3 nodes are available']);
});

test('one that is held already is not written again', () => {
  const annotations = { [ANNOTATION_START_BY]: at(LIFETIME_MS), [ANNOTATION_EXPIRES_AT]: at(LIFETIME_MS) };
  const held = machineIn({ port: 10_000, status: unschedulable('', 'SchedulingGated'), annotations });
  assert.deepEqual(plan([held], { warm: 1 }).postpone, []);
});

test('one that a node has taken after a wait has its whole time to start', () => {
  const annotations = { [ANNOTATION_START_BY]: at(LIFETIME_MS), [ANNOTATION_EXPIRES_AT]: at(LIFETIME_MS) };
  const released = machineIn({ port: 10_000, status: { phase: 'Scheduling' }, annotations });
  const { postpone } = plan([released], { warm: 1 }, { now: 5_000_000 });
  assert.deepEqual(postpone[0]?.startBy, 5_000_000 + START_MS);
});

test('one that waits for a place until it expires goes, and is not counted as a failure', () => {
  const held = machineIn({ port: 10_000, status: unschedulable() });
  const [removal] = plan([held], {}, { now: LIFETIME_MS }).remove;
  assert.deepEqual([removal?.reason, removal?.failed], ['Expired', undefined]);
});

test('a warm machine that has expired is no part of the pool any more', () => {
  const { boot, remove, pool } = plan(warmIn(10_000, 10_001), {}, { now: LIFETIME_MS });
  assert.deepEqual([boot.count, remove, pool.warm], [2, [], 0]);
});

test('a warm machine that has not answered for a minute is replaced', () => {
  const silent = machineIn({ port: 10_000, state: 'warm', status: unready(100_000) });
  const early = plan([silent], { warm: 1 }, { now: 159_999 });
  assert.deepEqual([early.remove, early.againAt], [[], 160_000]);
  const late = plan([silent], { warm: 1 }, { now: 160_000 });
  assert.deepEqual([removedBy(late), late.boot.count], [[[10_000, 'Unready']], 1]);
});

test('it looks again when the first start deadline comes', () => {
  const machines = [machineIn({ port: 10_000, bootedAt: 500 }), machineIn({ port: 10_001, bootedAt: 200 })];
  assert.equal(plan(machines).againAt, 200 + START_MS);
});

test('after three failures none is booted before the backoff is over, and then one', () => {
  const record = { failedBoots: 3, lastFailureTime: at(1_000_000), machineSha256: WANTED };
  const early = plan([], {}, { record, now: 1_059_999 });
  assert.deepEqual([early.boot.count, early.againAt], [0, 1_060_000]);
  assert.equal(plan([], {}, { record, now: 1_060_000 }).boot.count, 1);
  const tried = machineIn({ port: 10_000, bootedAt: 1_060_000 });
  assert.equal(plan([tried], {}, { record, now: 1_070_000 }).boot.count, 0);
});

test('the failure that is the third stops boots in the same moment', () => {
  const record = { failedBoots: 2, lastFailureTime: at(0), machineSha256: WANTED };
  assert.equal(plan([machineIn({ port: 10_000 })], {}, { record, now: START_MS }).boot.count, 0);
});

test('while boots fail, warm machines of an older kind are not given up', () => {
  const record = { failedBoots: 3, lastFailureTime: at(0), machineSha256: WANTED };
  const old = [10_000, 10_001].map((port) => machineIn({ port, state: 'warm', isOld: true }));
  assert.deepEqual(removedBy(plan(old, { maxRunning: 2 }, { record })), []);
});
