import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ANNOTATION_DELIVERED_AT, ANNOTATION_EXPIRES_AT, LABEL_STATE } from '../../../src/api/names.ts';
import { fateOf } from '../../../src/operator/container-end.ts';
import { sampleMachine } from '../../support/sample-machine.ts';

const START_BY = 180_000;
const EXPIRES_AT = 86_400_000;
const ready = { labels: { [LABEL_STATE]: 'ready' } };
const delivered = { ...ready, annotations: { [ANNOTATION_DELIVERED_AT]: new Date(5000).toISOString() } };

test('a container that starts is left alone until its start deadline', () => {
  assert.deepEqual(fateOf(sampleMachine(), 0), { over: false, at: START_BY, reason: 'StartDeadline' });
  assert.deepEqual(fateOf(sampleMachine(), START_BY), { over: true, reason: 'StartDeadline' });
});

test('a delivered container lives until it expires', () => {
  const vmi = sampleMachine(delivered);
  assert.deepEqual(fateOf(vmi, START_BY), { over: false, at: EXPIRES_AT, reason: 'Expired' });
  assert.deepEqual(fateOf(vmi, EXPIRES_AT), { over: true, reason: 'Expired' });
});

test('a ready container whose credentials nobody took is over soon after its start deadline', () => {
  const fate = fateOf(sampleMachine(ready), START_BY);
  assert.ok(!fate.over && fate.reason === 'NeverDelivered' && fate.at < START_BY + 60_000);
  assert.deepEqual(fateOf(sampleMachine(ready), fate.at), { over: true, reason: 'NeverDelivered' });
});

test('a machine that has ended is over whatever its deadlines', () => {
  for (const phase of ['Succeeded', 'Failed']) {
    assert.deepEqual(fateOf(sampleMachine({ ...delivered, status: { phase } }), 0), { over: true, reason: 'Finished' });
  }
});

test('a machine whose deadline cannot be read is over', () => {
  const vmi = sampleMachine({ annotations: { [ANNOTATION_EXPIRES_AT]: 'soon' } });
  assert.deepEqual(fateOf(vmi, 0), { over: true, reason: 'Malformed' });
});

test('a machine whose node is lost has a reason of its own', () => {
  const status = { phase: 'Failed', reason: 'NodeUnresponsive' };
  assert.deepEqual(fateOf(sampleMachine({ ...delivered, status }), 0), { over: true, reason: 'NodeLost' });
});

test('a warm machine has no start deadline, and lives until it expires', () => {
  const warm = sampleMachine({ labels: { [LABEL_STATE]: 'warm' } });
  assert.deepEqual(fateOf(warm, START_BY), { over: false, at: EXPIRES_AT, reason: 'Expired' });
});

test('one that boots is late at its start deadline', () => {
  const booting = sampleMachine({ labels: { [LABEL_STATE]: 'booting' } });
  assert.deepEqual(fateOf(booting, START_BY), { over: true, reason: 'StartDeadline' });
});
