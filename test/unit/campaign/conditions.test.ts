import assert from 'node:assert/strict';
import { test } from 'node:test';
import { conditionFaults, toldTooEarly } from '../../campaign/oracles/conditions.ts';
import { SERVER, version } from './objects.ts';

const [EARLY, LATE] = ['2026-01-01T00:00:00.000Z', '2026-01-01T00:00:01.000Z'];

const told = (generation: number, observedGeneration: number, status: string, lastTransitionTime: string) =>
  version('MODIFIED', {
    ...SERVER,
    generation,
    status: { observedGeneration, conditions: [{ type: 'Ready', status, lastTransitionTime }] },
  });

test('a condition that turns at a later time is in order', () => {
  assert.deepEqual(conditionFaults([told(1, 1, 'False', EARLY), told(1, 1, 'True', LATE)]), []);
});

test('another time without another status is found', () => {
  const found = conditionFaults([told(1, 1, 'True', EARLY), told(1, 1, 'True', LATE)]);
  assert.deepEqual(found, ['AnweddolServer lab: Ready has another time, and no other status']);
});

test('a time that goes back is found', () => {
  const found = conditionFaults([told(1, 1, 'True', LATE), told(1, 1, 'False', EARLY)]);
  assert.deepEqual(found, ['AnweddolServer lab: Ready has an earlier time than before']);
});

test('a turn without a time of its own is found', () => {
  const found = conditionFaults([told(1, 1, 'True', EARLY), told(1, 1, 'False', EARLY)]);
  assert.deepEqual(found, ['AnweddolServer lab: Ready changed without a new time']);
});

test('a generation that is not there yet, or an older one again, is found', () => {
  assert.deepEqual(conditionFaults([told(1, 2, 'True', EARLY)]), [
    'AnweddolServer lab tells of generation 2 before there is one',
  ]);
  assert.deepEqual(conditionFaults([told(2, 2, 'True', EARLY), told(2, 1, 'True', EARLY)]), [
    'AnweddolServer lab tells of an older generation again',
  ]);
});

test('a status that tells of an edit before its objects are changed is found', () => {
  const service = (ports: number) => version('MODIFIED', { kind: 'Service', name: 'lab', spec: { ports } });
  const kinds = new Set(['Service']);
  const before = [version('ADDED', SERVER), service(1)];
  assert.deepEqual(toldTooEarly([...before, service(2), told(2, 2, 'True', EARLY)], kinds), []);
  const waiting = version('MODIFIED', {
    ...SERVER,
    generation: 2,
    status: { observedGeneration: 2, conditions: [{ type: 'CertificatesReady', status: 'False' }] },
  });
  assert.deepEqual(toldTooEarly([...before, waiting, service(2), told(2, 2, 'True', EARLY)], kinds), []);
  assert.deepEqual(toldTooEarly([...before, told(2, 2, 'True', EARLY), service(2)], kinds), [
    'Service lab was changed after the status told that it was done',
  ]);
});

test('what is made again after the server was deleted is for the garbage collector', () => {
  const service = (ports: number) => version('MODIFIED', { kind: 'Service', name: 'lab', spec: { ports } });
  const edited = [version('ADDED', SERVER), service(1), service(2), told(2, 2, 'True', EARLY)];
  const late = [version('DELETED', SERVER), service(3)];
  assert.deepEqual(toldTooEarly([...edited, ...late], new Set(['Service'])), []);
});
