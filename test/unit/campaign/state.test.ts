import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countDifferences, countsOf } from '../../campaign/oracles/counts.ts';
import { differences, learnMask } from '../../campaign/state/difference.ts';
import { snapshotOf } from '../../campaign/state/snapshot.ts';
import { version } from './objects.ts';

const nobody = new Set<string>();
const OWN = { namespace: 'a', image: 'server:1' };
const service = (spec: object) => version('ADDED', { kind: 'Service', name: 'lab', spec: { ...spec } });
const snapshot = (namespace: string, spec: object) =>
  snapshotOf([service(spec)], { namespace, image: 'server:1' }, nobody);

test('what differs only by times, addresses, UUIDs and the namespace is the same', () => {
  const one = {
    at: '2026-01-01T00:00:00Z',
    ip: '10.96.0.1',
    id: '55d1d066-7f08-4239-83c0-256016ebb7fa',
    of: 'a-1/lab',
  };
  const other = {
    at: '2026-02-02T00:00:01.5Z',
    ip: '10.96.3.4',
    id: '65d1d066-7f08-4239-83c0-256016ebb7fb',
    of: 'a-2/lab',
  };
  assert.deepEqual(differences(snapshot('a-1', one), snapshot('a-2', other), new Set()), []);
});

test('what differs between clean runs is masked, and nothing else', () => {
  const clean = [snapshot('a', { nodePort: 1, port: 22 }), snapshot('a', { nodePort: 2, port: 22 })] as const;
  const mask = learnMask(clean);
  assert.deepEqual(differences(clean[0], snapshot('a', { nodePort: 3, port: 22 }), mask), []);
  assert.deepEqual(differences(clean[0], snapshot('a', { nodePort: 3, port: 23 }), mask), [
    'Service/lab spec.port: 23, not 22',
  ]);
});

test('conditions are the same in any order', () => {
  const [one, other] = [
    { type: 'A', status: 'True' },
    { type: 'B', status: 'False' },
  ];
  const [first, second] = [
    snapshot('a-1', { conditions: [one, other] }),
    snapshot('a-1', { conditions: [other, one] }),
  ];
  assert.deepEqual(differences(first, second, new Set()), []);
});

test('objects that are missing or left over are told', () => {
  const empty = snapshotOf([], OWN, nobody);
  assert.deepEqual(differences(snapshot('a', {}), empty, new Set()), ['Service/lab is missing']);
  assert.deepEqual(differences(empty, snapshot('a', {}), new Set()), ['Service/lab is left over']);
});

test('generated names are the same name, and two objects of it are two', () => {
  const named = (name: string) => version('ADDED', { kind: 'EndpointSlice', name, generateName: 'lab-' });
  const keys = [...snapshotOf([named('lab-x'), named('lab-y')], OWN, nobody).keys()];
  assert.deepEqual(keys, ['EndpointSlice/lab-~', 'EndpointSlice/lab-~ (2)']);
});

test('an object that was made twice is found, unless clean runs differ in it', () => {
  const made = version('ADDED', { kind: 'Secret', name: 'lab-key' });
  const [once, twice] = [countsOf([made], nobody), countsOf([made, made], nobody)];
  assert.deepEqual(countDifferences([once, once], twice), [
    'Secret/lab-key was made 2 and deleted 0 times, in a clean run made 1 and deleted 0 times',
  ]);
  assert.deepEqual(countDifferences([once, twice], once), []);
});
