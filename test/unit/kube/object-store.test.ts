import assert from 'node:assert/strict';
import test from 'node:test';
import { ObjectStore } from '../../../src/kube/object-store.ts';
import type { ConfigMap } from '../../../src/kube/resources.ts';
import { RecordedLog } from '../../support/recorded-log.ts';

function configMap(
  name: string,
  fields: { uid?: string; version?: string; labels?: Record<string, string> } = {},
): ConfigMap {
  const { uid = `uid-${name}`, version = '1', labels = {} } = fields;
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { namespace: 'lab', name, uid, resourceVersion: version, labels },
  };
}

for (const isPacked of [false, true]) {
  const kept = isPacked ? ', packed' : '';
  const newStore = (): ObjectStore<ConfigMap> => {
    const indices = { app: ({ metadata }: ConfigMap) => Object.values(metadata.labels ?? {}) };
    return new ObjectStore({ log: new RecordedLog(), indices, isPacked });
  };

  test(`an index follows changes and deletions${kept}`, () => {
    const store = newStore();
    store.replace([configMap('a', { labels: { app: 'x' } }), configMap('b', { labels: { app: 'x', other: 'y' } })]);
    const names = (value: string) => store.byIndex('app', value).map(({ metadata }) => metadata.name);
    assert.deepEqual([names('x'), names('y'), names('z')], [['a', 'b'], ['b'], []]);
    store.put(configMap('a', { version: '2', labels: { app: 'z' } }));
    store.remove(configMap('b'));
    assert.deepEqual([names('x'), names('y'), names('z')], [[], [], ['a']]);
  });

  test(`an index that was not declared is a mistake of the caller${kept}`, () => {
    assert.throws(() => newStore().byIndex('nope', 'x'), { message: 'the store has no index "nope"' });
  });

  test(`the same version twice is no change${kept}`, () => {
    const store = newStore();
    let changes = 0;
    store.onChange(() => changes++);
    store.put(configMap('a'));
    store.put(configMap('a'));
    store.replace([configMap('a')]);
    assert.equal(changes, 1);
  });

  test(`a late deletion of an earlier object leaves the later one alone${kept}`, () => {
    const store = newStore();
    store.put(configMap('a', { uid: 'later' }));
    store.remove(configMap('a', { uid: 'earlier' }));
    assert.equal(store.get('lab/a')?.metadata.uid, 'later');
  });

  test(`listeners of a list see the store as it is after all of it${kept}`, () => {
    const store = newStore();
    const sizes: number[] = [];
    store.onChange(() => sizes.push(store.list().length));
    store.replace([configMap('a'), configMap('b')]);
    assert.deepEqual(sizes, [2, 2]);
  });

  test(`a listener that unsubscribed hears nothing more${kept}`, () => {
    const store = newStore();
    const heard: unknown[] = [];
    const unsubscribe = store.onChange((current) => heard.push(current?.metadata.name));
    store.put(configMap('a'));
    unsubscribe();
    store.put(configMap('b'));
    assert.deepEqual(heard, ['a']);
  });

  test(`waitFor resolves with what is there already, or comes later${kept}`, async (t) => {
    const store = newStore();
    const later = store.waitFor((objects) => objects.get('lab/a'), t.signal);
    store.put(configMap('a'));
    assert.equal((await later).metadata.name, 'a');
    assert.equal((await store.waitFor((objects) => objects.get('lab/a'), t.signal)).metadata.name, 'a');
  });

  test(`waitFor rejects when the signal aborts, or when the look throws${kept}`, async (t) => {
    const store = newStore();
    const reason = new Error('enough');
    const stopper = new AbortController();
    const waiting = store.waitFor(() => undefined, stopper.signal);
    stopper.abort(reason);
    await assert.rejects(waiting, reason);
    await assert.rejects(
      store.waitFor(() => undefined, stopper.signal),
      reason,
    );
    const bug = new Error('a bug');
    const looking = store.waitFor((objects) => {
      if (objects.list().length > 0) throw bug;
      return undefined;
    }, t.signal);
    store.put(configMap('a'));
    await assert.rejects(looking, bug);
  });

  test(`synced waits for the first complete list${kept}`, async (t) => {
    const store = newStore();
    const synced = store.synced(t.signal);
    store.put(configMap('a'));
    assert.equal(store.hasSynced, false);
    store.replace([]);
    await synced;
    assert.deepEqual(store.list(), []);
    await assert.rejects(newStore().synced(AbortSignal.abort(new Error('stopped'))), { message: 'stopped' });
  });

  test(`a listener that another one unsubscribes hears nothing more, even of the same change${kept}`, () => {
    const store = newStore();
    const heard: unknown[] = [];
    store.onChange(() => unsubscribe());
    const unsubscribe = store.onChange((current) => heard.push(current?.metadata.name));
    store.put(configMap('a'));
    assert.deepEqual(heard, []);
  });

  test(`a listener that rejects is logged, and ends nothing${kept}`, async () => {
    const log = new RecordedLog();
    const store = new ObjectStore<ConfigMap>({ log });
    store.onChange(async () => {
      throw new Error('a bug');
    });
    store.put(configMap('a'));
    const { level, fields } = await log.line('a listener of the store threw');
    assert.deepEqual([level, String(fields.err)], ['error', 'Error: a bug']);
  });

  test(`an index function that throws leaves out what it threw for, and the list is taken over whole${kept}`, () => {
    const log = new RecordedLog();
    const indices = {
      app: ({ metadata }: ConfigMap) => {
        if (!metadata.labels?.app) throw new Error('no app');
        return [metadata.labels.app];
      },
    };
    const store = new ObjectStore<ConfigMap>({ log, indices });
    const heard: unknown[] = [];
    store.onChange((current) => heard.push(current?.metadata.name));
    store.replace([configMap('a', { labels: { app: 'x' } }), configMap('b'), configMap('c', { labels: { app: 'x' } })]);
    assert.deepEqual(heard, ['a', 'b', 'c']);
    assert.deepEqual(
      store.byIndex('app', 'x').map(({ metadata }) => metadata.name),
      ['a', 'c'],
    );
    assert.deepEqual(
      log.entries.map(({ level, fields }) => [level, fields.index]),
      [['error', 'app']],
    );
  });

  test(`in a list the same name with another uid is a deletion and a new object${kept}`, () => {
    const store = newStore();
    store.put(configMap('a', { uid: 'earlier', labels: { app: 'x' } }));
    const heard: unknown[] = [];
    store.onChange((current, previous) => heard.push([current?.metadata.uid, previous?.metadata.uid]));
    store.replace([configMap('a', { uid: 'later', version: '2', labels: { app: 'y' } })]);
    store.put(configMap('a', { uid: 'last', version: '3' }));
    assert.deepEqual(heard, [
      [undefined, 'earlier'],
      ['later', undefined],
      [undefined, 'later'],
      ['last', undefined],
    ]);
    assert.deepEqual([store.byIndex('app', 'x'), store.byIndex('app', 'y')], [[], []]);
  });
}
