import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ANNOTATION_START_BY } from '../../../../src/api/names.ts';
import { bootingOf } from '../../../../src/operator/pool/booting.ts';
import {
  LIFETIME_MS,
  machineIn,
  podRefused,
  START_MS,
  unpullable,
  unready,
  unschedulable,
  up,
} from './pool-fixture.ts';

const port = 10_000;
const of = (status: Parameters<typeof machineIn>[0]['status'], now = 1_000) =>
  bootingOf(machineIn({ port, ...(status && { status }) }), now);

test('a machine is up when it runs and its readiness probe holds', () => {
  assert.deepEqual(of(up), { step: 'up' });
  assert.deepEqual(of(unready(0)).step, 'booting');
  assert.deepEqual(of({ ...up, phase: 'Scheduled' }).step, 'booting');
});

test('it has until its start deadline', () => {
  assert.deepEqual(of(undefined), { step: 'booting', at: START_MS });
  assert.deepEqual(of(undefined, START_MS), { step: 'failed', reason: 'StartDeadline' });
});

test('a machine that answers at its start deadline has made it', () => {
  assert.deepEqual(of(up, START_MS), { step: 'up' });
});

test('a machine that has ended has failed, and one whose node is lost says so', () => {
  assert.deepEqual(of({ phase: 'Succeeded' }), { step: 'failed', reason: 'Finished' });
  assert.deepEqual(of({ phase: 'Failed', reason: 'NodeUnresponsive' }), { step: 'failed', reason: 'NodeLost' });
});

test('an image that can not be pulled is waited for half a minute', () => {
  assert.deepEqual(of(unpullable(50_000), 60_000), { step: 'booting', at: 80_000 });
  assert.deepEqual(of(unpullable(50_000), 80_000), {
    step: 'failed',
    reason: 'ImagePullFailed',
    detail: 'ImagePullBackOff: no such image',
  });
});

test('one that no node takes is held, whatever its start deadline', () => {
  for (const reason of ['Unschedulable', 'SchedulingGated']) {
    const held = of(unschedulable('no room', reason), START_MS + 1);
    assert.deepEqual(held, { step: 'held', at: LIFETIME_MS, reason: 'PoolUnschedulable', message: 'no room' });
  }
});

test('one whose pod is refused is held, and a quota is told from a policy', () => {
  const reasonOf = (message: string) => {
    const held = of(podRefused(message));
    return held.step === 'held' && held.reason;
  };
  assert.equal(reasonOf('pods "x" is forbidden: exceeded quota: small, requested: memory=1Gi'), 'PoolQuotaExceeded');
  assert.equal(reasonOf('pods "x" is forbidden: violates PodSecurity "restricted:latest"'), 'PoolLauncherRefused');
});

test('what was said while it waited does not hold a machine that runs', () => {
  const conditions = [...(unschedulable().conditions ?? []), ...(up.conditions ?? [])];
  assert.deepEqual(of({ phase: 'Running', conditions }), { step: 'up' });
});

test('a machine whose deadlines can not be read goes', () => {
  const vmi = machineIn({ port, annotations: { [ANNOTATION_START_BY]: 'soon' } });
  assert.deepEqual(bootingOf(vmi, 0), { step: 'over', reason: 'Malformed' });
});
