import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ObjectStore } from '../../../src/kube/object-store.ts';
import type { ConfigMap } from '../../../src/kube/resources.ts';
import { joinedStore } from '../../../src/operator/joined-store.ts';
import { RecordedLog } from '../../support/recorded-log.ts';

const soon = () => AbortSignal.timeout(5_000);

function object(namespace: string, name: string, owner = 'x'): ConfigMap {
  const metadata = { namespace, name, uid: `${namespace}/${name}`, labels: { owner } };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata };
}

function twoStores() {
  const options = {
    log: new RecordedLog(),
    indices: { owner: ({ metadata }: ConfigMap) => [metadata.labels?.owner ?? ''] },
  };
  const [a, b] = [new ObjectStore<ConfigMap>(options), new ObjectStore<ConfigMap>(options)];
  const stores = new Map([
    ['a', a],
    ['b', b],
  ]);
  return { a, b, joined: joinedStore<ConfigMap>(stores) };
}

test('it has synced when every namespace has', async () => {
  const { a, b, joined } = twoStores();
  let resolved = false;
  const synced = joined.synced(soon()).then(() => {
    resolved = true;
  });
  a.replace([]);
  assert.deepEqual([joined.hasSynced, resolved], [false, false]);
  b.replace([]);
  await synced;
  assert.equal(joined.hasSynced, true);
});

test('objects are found by key, by index and in the list, whatever their namespace', () => {
  const { a, b, joined } = twoStores();
  a.replace([object('a', 'same'), object('a', 'other', 'y')]);
  b.replace([object('b', 'same')]);
  assert.equal(joined.get('b/same')?.metadata.uid, 'b/same');
  assert.equal(joined.get('c/same'), undefined);
  assert.equal(joined.get('same'), undefined);
  assert.deepEqual(
    joined.list().map(({ metadata }) => metadata.uid),
    ['a/same', 'a/other', 'b/same'],
  );
  assert.deepEqual(
    joined.byIndex('owner', 'x').map(({ metadata }) => metadata.uid),
    ['a/same', 'b/same'],
  );
});

test('a listener hears of changes in each namespace until it unsubscribes', () => {
  const { a, b, joined } = twoStores();
  const heard: string[] = [];
  const unsubscribe = joined.onChange((current, previous) => heard.push((current ?? previous)?.metadata.uid ?? ''));
  a.put(object('a', 'one'));
  b.put(object('b', 'two'));
  b.remove(object('b', 'two'));
  unsubscribe();
  a.put(object('a', 'three'));
  assert.deepEqual(heard, ['a/one', 'b/two', 'b/two']);
});

test('a wait ends with the change of whichever namespace fulfils it, and sees them all', async () => {
  const { a, b, joined } = twoStores();
  const both = joined.waitFor((store) => (store.list().length === 2 ? 'both' : undefined), soon());
  a.put(object('a', 'one'));
  b.put(object('b', 'two'));
  assert.equal(await both, 'both');
});

test('a wait ends with its signal, and with what its look throws', async () => {
  const { a, joined } = twoStores();
  const stop = new AbortController();
  const waiting = joined.waitFor(() => undefined, stop.signal);
  stop.abort(new Error('stopped'));
  await assert.rejects(waiting, /stopped/);
  const failing = joined.waitFor((store) => {
    if (store.list().length > 0) throw new Error('looked wrong');
    return undefined;
  }, soon());
  a.put(object('a', 'one'));
  await assert.rejects(failing, /looked wrong/);
});

test('it was heard from when the most silent namespace was', () => {
  const { a, b, joined } = twoStores();
  a.heardAt(5);
  assert.equal(joined.lastHeardAt, undefined);
  b.heardAt(3);
  assert.equal(joined.lastHeardAt, 3);
});
