import assert from 'node:assert/strict';
import { test } from 'node:test';
import { NO_FAILURE } from '../../../../src/operator/pool/breaker.ts';
import { type PoolState, poolFinding } from '../../../../src/operator/pool/pool-finding.ts';

const of = (pool: Partial<PoolState['pool']>, state: Partial<PoolState> = {}) => {
  const counts = { wanted: 3, target: 3, warm: 1, booting: 2, ...pool };
  const { status, reason, message } = poolFinding({ pool: counts, record: NO_FAILURE, ...state });
  return [status, reason, message];
};

test('a pool that is being filled says how far it is', () => {
  assert.deepEqual(of({}), ['False', 'PoolFilling', '1 of 3 warm; 2 booting']);
});

test('a full pool is ready, and so is one that has all the slots that clients leave', () => {
  assert.deepEqual(of({ warm: 3 }), ['True', 'PoolFull', '3 of 3 warm']);
  assert.deepEqual(of({ warm: 2, target: 2 }), ['True', 'PoolLimited', '2 of 3 warm; clients have the other slots']);
});

test('more than are wanted, as while others take their place, are not told of', () => {
  assert.deepEqual(of({ warm: 5 }), ['True', 'PoolFull', '3 of 3 warm']);
});

test('while no machine can be made, the reason is told, full or not', () => {
  const waiting = ['False', 'PoolWaiting', '3 of 3 warm; none can be booted: the ISO is being read'];
  assert.deepEqual(of({ warm: 3 }, { waitsFor: 'the ISO is being read' }), waiting);
});

test('a pool that is to be empty waits for nothing', () => {
  assert.deepEqual(of({ wanted: 0, target: 0, warm: 0 }, { waitsFor: 'the ISO is being read' }).slice(0, 2), [
    'True',
    'PoolFull',
  ]);
});

test('what stands in the way is told in the order of what has to be mended first', () => {
  const held = { step: 'held', at: 0, reason: 'PoolUnschedulable', message: 'no room' } as const;
  const record = { failedBoots: 3, lastFailureTime: new Date(0).toISOString(), lastFailure: 'Finished' };
  const refused = 'denied by a policy';
  const reasonOf = (state: Partial<PoolState>) => of({}, state)[1];
  assert.equal(reasonOf({ held, record, refused }), 'PoolBootsFail');
  assert.equal(reasonOf({ held, refused }), 'PoolMachineRefused');
  assert.equal(reasonOf({ held, refused: 'exceeded quota: small' }), 'PoolQuotaExceeded');
  assert.equal(reasonOf({ held }), 'PoolUnschedulable');
});

test('when boots fail, the last failure and the next try are told', () => {
  const record = { failedBoots: 4, lastFailureTime: new Date(0).toISOString(), lastFailure: 'StartDeadline' };
  assert.equal(
    of({}, { record })[2],
    '1 of 3 warm; 4 boots in a row failed, the last one with StartDeadline; one is tried after 1970-01-01T00:02:00.000Z',
  );
});

test('a message is no longer than a condition takes', () => {
  const held = { step: 'held', at: 0, reason: 'PoolUnschedulable', message: 'x'.repeat(5_000) } as const;
  assert.equal(of({}, { held })[2]?.length, 1_024);
});
