import assert from 'node:assert/strict';
import test, { type TestContext } from 'node:test';
import { type ControllerOptions, runController } from '../../../src/runtime/controller.ts';
import { done } from '../../../src/runtime/outcome.ts';
import { type Watch, watch } from '../../../src/runtime/watch.ts';
import { generationChanged, labelsChanged, ownersOf } from '../../../src/runtime/watched-metadata.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { RecordedLog } from '../../support/recorded-log.ts';
import { ListedSource, object } from './listed-source.ts';

function start(t: TestContext, watches: Watch[], options: Partial<ControllerOptions> = {}) {
  const clock = new FakeClock();
  const log = new RecordedLog();
  const stopper = new AbortController();
  const runs: string[] = [];
  const stopped = runController({
    name: 'test',
    watches,
    workers: 1,
    log,
    clock,
    signal: stopper.signal,
    reconcile: async (key) => {
      runs.push(key);
      return done();
    },
    ...options,
  });
  t.after(async () => {
    stopper.abort();
    await clock.advance(60_000);
    await stopped;
  });
  return { clock, log, stopper, stopped, runs, took: () => clock.advance(0).then(() => runs.splice(0)) };
}

const ownName = ({ metadata }: { metadata: { name: string } }) => [metadata.name];

test('what is there at the start is reconciled, and what changes later', async (t) => {
  const source = new ListedSource([object('a'), object('b')]);
  const { took } = start(t, [watch(source, ownName)]);
  assert.deepEqual(await took(), ['a', 'b']);
  source.put(object('b', { generation: 2 }));
  source.put(object('c'));
  assert.deepEqual(await took(), ['b', 'c']);
  source.delete('a');
  assert.deepEqual(await took(), ['a']);
});

test('changes that come while others settle are one reconcile with them', async (t) => {
  const source = new ListedSource([object('a')]);
  const settleMs = (now?: { metadata: { generation?: number } }) => (now?.metadata.generation === 9 ? 0 : 100);
  const { took, clock } = start(t, [watch(source, ownName, { settleMs })]);
  await clock.advance(100);
  assert.deepEqual(await took(), ['a']);
  for (const generation of [2, 3, 4]) {
    source.put(object('a', { generation }));
    await clock.advance(30);
  }
  assert.deepEqual(await took(), []);
  await clock.advance(10);
  assert.deepEqual(await took(), ['a']);
  source.put(object('a', { generation: 9 }));
  assert.deepEqual(await took(), ['a']);
});

test('nothing runs before everything that must be is synced, and then each key once', async (t) => {
  const [first, second, absent] = [
    new ListedSource([], false),
    new ListedSource([], false),
    new ListedSource([], false),
  ];
  const watches = [watch(first, ownName), watch(second, ownName), watch(absent, ownName, { mayBeAbsent: true })];
  const { took, log, clock } = start(t, watches);
  first.put(object('a'));
  second.put(object('a'));
  absent.put(object('x'));
  first.sync();
  assert.deepEqual(await took(), []);
  await clock.advance(60_000);
  assert.equal(log.entries[0]?.message, 'a controller still waits for its caches');
  second.sync();
  assert.deepEqual(await took(), ['a', 'x']);
});

test('an object that changes hands is news for the owner it had and the one it has', async (t) => {
  const owned = (owner: string) => object('pod', { ownerReferences: [{ kind: 'Server', name: owner }] });
  const source = new ListedSource([owned('one')]);
  const { took } = start(t, [
    watch(source, (pod) => ownersOf(pod, 'Server').map(({ namespace, name }) => `${namespace}/${name}`)),
  ]);
  assert.deepEqual(await took(), ['lab/one']);
  source.put(owned('two'));
  assert.deepEqual(await took(), ['lab/one', 'lab/two']);
});

test('a predicate keeps changes away that concern nobody', async (t) => {
  const byGeneration = new ListedSource([object('a', { generation: 1 })]);
  const byLabels = new ListedSource([object('b', { labels: { app: 'x' } })]);
  const { took } = start(t, [
    watch(byGeneration, ownName, { when: generationChanged }),
    watch(byLabels, ownName, { when: labelsChanged }),
  ]);
  assert.deepEqual(await took(), ['a', 'b']);
  byGeneration.put(object('a', { generation: 1, labels: { app: 'y' } }));
  byLabels.put(object('b', { generation: 7, labels: { app: 'x' } }));
  assert.deepEqual(await took(), []);
  byGeneration.put(object('a', { generation: 2 }));
  byLabels.put(object('b', { labels: { app: 'y' } }));
  assert.deepEqual(await took(), ['a', 'b']);
  byLabels.put(object('b', { labels: { app: 'y', tier: 'z' } }));
  byGeneration.delete('a');
  assert.deepEqual(await took(), ['b', 'a']);
});

test('a controller that stops hears no more of its sources, also when they never synced', async (t) => {
  const [synced, unsynced] = [new ListedSource([object('a')]), new ListedSource([], false)];
  const one = start(t, [watch(synced, ownName)]);
  const two = start(t, [watch(unsynced, ownName)]);
  await one.took();
  for (const { stopper, stopped } of [one, two]) {
    stopper.abort();
    await stopped;
  }
  assert.deepEqual([synced.listeners, unsynced.listeners, two.clock.pending], [0, 0, 0]);
});

test('a source that fails to sync fails the controller', async () => {
  const broken = {
    ...new ListedSource([]),
    list: () => [],
    onChange: () => () => {},
    synced: async () => Promise.reject(new Error('no list')),
  };
  const stopped = runController({
    name: 'test',
    watches: [watch(broken, ownName)],
    workers: 1,
    log: new RecordedLog(),
    clock: new FakeClock(),
    signal: new AbortController().signal,
    reconcile: async () => done(),
  });
  await assert.rejects(stopped, /no list/);
});
