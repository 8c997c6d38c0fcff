import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Api, CONFIG_MAPS, configMap } from './api-fixture.ts';

describe('objects', () => {
  let api: Api;
  before(async () => {
    api = await Api.start();
  });
  after(() => api.close());

  test('a created object has a uid, a resource version, a creation time and its writer on record', async () => {
    const { code, body } = await api.post(CONFIG_MAPS, configMap('made'));
    assert.equal(code, 201);
    assert.match(body.metadata.uid, /^[0-9a-f-]{36}$/);
    assert.match(body.metadata.resourceVersion, /^\d+$/);
    assert.match(body.metadata.creationTimestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    const [writer] = body.metadata.managedFields;
    assert.equal(writer?.manager, 'tester');
    assert.deepEqual(writer?.fieldsV1, { 'f:data': { '.': {}, 'f:a': {} } });
  });

  test('a second object of the same name is refused', async () => {
    await api.post(CONFIG_MAPS, configMap('twice'));
    const { code, body } = await api.post(CONFIG_MAPS, configMap('twice'));
    assert.deepEqual([code, body.reason], [409, 'AlreadyExists']);
    assert.equal(body.message, 'configmaps "twice" already exists');
    assert.deepEqual(body.details, { name: 'twice', kind: 'configmaps' });
  });

  test('generateName makes a name of five more characters', async () => {
    const { body } = await api.post(CONFIG_MAPS, configMap('', { metadata: { generateName: 'some-' } }));
    assert.match(body.metadata.name, /^some-[a-z0-9]{5}$/);
  });

  test('names are checked', async () => {
    const { code, body } = await api.post(CONFIG_MAPS, configMap('Not_Valid'));
    assert.deepEqual([code, body.reason, body.details.causes[0]?.field], [422, 'Invalid', 'metadata.name']);
    assert.match(
      body.message,
      /^ConfigMap "Not_Valid" is invalid: metadata.name: Invalid value: "Not_Valid": a lowercase/,
    );
  });

  test('an object that is not there is not found', async () => {
    const { code, body } = await api.get(`${CONFIG_MAPS}/none`);
    assert.deepEqual([code, body.reason, body.message], [404, 'NotFound', 'configmaps "none" not found']);
  });

  test('nothing is created in a namespace that is not there', async () => {
    const { code, body } = await api.post('/api/v1/namespaces/nowhere/configmaps', configMap('x'));
    assert.deepEqual([code, body.message], [404, 'namespaces "nowhere" not found']);
  });

  test('nothing is created in a namespace that ends, and finalize lets it go', async () => {
    await api.post('/api/v1/namespaces', { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'ending' } });
    const deleted = await api.delete('/api/v1/namespaces/ending');
    assert.equal(deleted.body.status.phase, 'Terminating');
    const { code, body } = await api.post('/api/v1/namespaces/ending/configmaps', configMap('late'));
    assert.equal(code, 403);
    assert.match(body.message, /unable to create new content in namespace ending because it is being terminated/);
    assert.equal(body.details.causes[0]?.reason, 'NamespaceTerminating');
    await api.put('/api/v1/namespaces/ending/finalize', {
      apiVersion: 'v1',
      kind: 'Namespace',
      metadata: { name: 'ending' },
      spec: { finalizers: [] },
    });
    assert.equal((await api.get('/api/v1/namespaces/ending')).code, 404);
  });

  test('an update with an old resource version conflicts', async () => {
    const { body } = await api.post(CONFIG_MAPS, configMap('raced'));
    await api.put(`${CONFIG_MAPS}/raced`, { ...body, data: { a: '2' } });
    const late = await api.put(`${CONFIG_MAPS}/raced`, { ...body, data: { a: '3' } });
    assert.deepEqual([late.code, late.body.reason], [409, 'Conflict']);
    assert.equal(
      late.body.message,
      'Operation cannot be fulfilled on configmaps "raced": the object has been modified; please apply your changes to the latest version and try again',
    );
  });

  test('an update that changes nothing keeps the resource version', async () => {
    const { body } = await api.post(CONFIG_MAPS, configMap('same'));
    const again = await api.put(`${CONFIG_MAPS}/same`, configMap('same'));
    assert.equal(again.body.metadata.resourceVersion, body.metadata.resourceVersion);
  });

  test('a delete with another uid as precondition is refused', async () => {
    await api.post(CONFIG_MAPS, configMap('kept'));
    const preconditions = { uid: '00000000-0000-0000-0000-000000000000' };
    const { code, body } = await api.delete(`${CONFIG_MAPS}/kept`, {
      kind: 'DeleteOptions',
      apiVersion: 'v1',
      preconditions,
    });
    assert.deepEqual([code, body.reason], [409, 'Conflict']);
    assert.match(body.message, /the UID in the precondition/);
    assert.equal((await api.get(`${CONFIG_MAPS}/kept`)).code, 200);
  });

  test('a finalizer holds an object until it is taken away, and no new one may come', async () => {
    await api.post(CONFIG_MAPS, configMap('held', { metadata: { name: 'held', finalizers: ['t.io/one'] } }));
    const deleted = await api.delete(`${CONFIG_MAPS}/held`);
    assert.ok(deleted.body.metadata.deletionTimestamp);
    const more = await api.patch(`${CONFIG_MAPS}/held`, 'merge', {
      metadata: { finalizers: ['t.io/one', 't.io/two'] },
    });
    assert.equal(more.code, 422);
    assert.match(more.body.message, /no new finalizers can be added if the object is being deleted/);
    await api.patch(`${CONFIG_MAPS}/held`, 'merge', { metadata: { finalizers: null } });
    assert.equal((await api.get(`${CONFIG_MAPS}/held`)).code, 404);
  });

  test('a foreground delete waits for dependents under its finalizer', async () => {
    await api.post(CONFIG_MAPS, configMap('owner'));
    await api.delete(`${CONFIG_MAPS}/owner?propagationPolicy=Foreground`);
    const { body } = await api.get(`${CONFIG_MAPS}/owner`);
    assert.deepEqual(body.metadata.finalizers as unknown, ['foregroundDeletion']);
  });

  test('a dry run answers as if, and stores nothing', async () => {
    const { code } = await api.post(`${CONFIG_MAPS}?dryRun=All`, configMap('dry'));
    assert.equal(code, 201);
    assert.equal((await api.get(`${CONFIG_MAPS}/dry`)).code, 404);
  });

  test('unknown fields are refused, warned of or dropped', async () => {
    const object = configMap('fields', { zork: 1 });
    const strict = await api.post(`${CONFIG_MAPS}?fieldValidation=Strict`, object);
    assert.equal(strict.code, 400);
    assert.equal(
      strict.body.message,
      'ConfigMap in version "v1" cannot be handled as a ConfigMap: strict decoding error: unknown field "zork"',
    );
    const warned = await api.post(`${CONFIG_MAPS}?fieldValidation=Warn`, object);
    assert.equal(warned.warnings, '299 - "unknown field \\"zork\\""');
    assert.equal(warned.body.zork, undefined);
  });

  test('a value of a wrong type is refused in the decoder words', async () => {
    const { code, body } = await api.post(CONFIG_MAPS, configMap('typed', { data: { a: 1 } }));
    assert.equal(code, 400);
    assert.match(body.message, /cannot unmarshal number into Go struct field ConfigMap.data of type string/);
  });

  test('immutable objects stay as they are', async () => {
    await api.post(CONFIG_MAPS, configMap('fixed', { immutable: true }));
    const { code, body } = await api.patch(`${CONFIG_MAPS}/fixed`, 'merge', { data: { a: '2' } });
    assert.equal(code, 422);
    assert.match(body.message, /data: Forbidden: field is immutable when `immutable` is set/);
  });

  test('pages of a list show it as it was when the first was read', async () => {
    const path = '/api/v1/namespaces/kube-public/configmaps';
    for (const name of ['a', 'b', 'c']) await api.post(path, configMap(name));
    const first = await api.get(`${path}?limit=2`);
    assert.deepEqual([first.body.items.length, first.body.metadata.remainingItemCount], [2, 1]);
    await api.delete(`${path}/c`);
    await api.post(path, configMap('d'));
    const second = await api.get(`${path}?limit=2&continue=${first.body.metadata.continue}`);
    assert.deepEqual(
      second.body.items.map((item) => item.metadata.name),
      ['c'],
    );
    assert.equal(second.body.metadata.resourceVersion, first.body.metadata.resourceVersion);
  });

  test('lists select by label and field', async () => {
    const path = '/api/v1/namespaces/kube-system/configmaps';
    await api.post(path, configMap('x', { metadata: { name: 'x', labels: { app: 'one' } } }));
    await api.post(path, configMap('y', { metadata: { name: 'y', labels: { app: 'two' } } }));
    const names = async (query: string) => (await api.get(path + query)).body.items.map((item) => item.metadata.name);
    assert.deepEqual(await names('?labelSelector=app%20in%20(one,three)'), ['x']);
    assert.deepEqual(await names('?labelSelector=app!=one'), ['y']);
    assert.deepEqual(await names('?fieldSelector=metadata.name=y'), ['y']);
    assert.equal((await api.get(`${path}?fieldSelector=data.a=1`)).code, 400);
  });

  test('deletecollection takes what the selector lets through', async () => {
    const path = '/api/v1/namespaces/kube-node-lease/configmaps';
    await api.post(path, configMap('x', { metadata: { name: 'x', labels: { app: 'one' } } }));
    await api.post(path, configMap('y'));
    await api.delete(`${path}?labelSelector=app=one`);
    assert.deepEqual(
      (await api.get(path)).body.items.map((item) => item.metadata.name),
      ['y'],
    );
  });

  test('stringData of a Secret becomes data, and its type is fixed', async () => {
    const path = '/api/v1/namespaces/default/secrets';
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' }, stringData: { a: 'b' } };
    const { body } = await api.post(path, secret);
    assert.deepEqual([body.data.a, body.stringData, body.type], ['Yg==', undefined, 'Opaque']);
    const { code } = await api.patch(`${path}/s`, 'merge', { type: 'other' });
    assert.equal(code, 422);
  });

  test('one event is seen in both event groups', async () => {
    const event = {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { name: 'happened' },
      regarding: { kind: 'ConfigMap', name: 'made', namespace: 'default' },
      reason: 'Tested',
      note: 'all well',
      type: 'Normal',
      action: 'Test',
      reportingController: 't.io/tester',
      reportingInstance: 'one',
      eventTime: '2026-01-01T00:00:00.000000Z',
    };
    assert.equal((await api.post('/apis/events.k8s.io/v1/namespaces/default/events', event)).code, 201);
    const core = await api.get('/api/v1/namespaces/default/events?fieldSelector=involvedObject.name=made');
    assert.deepEqual([core.body.items[0]?.message, core.body.items[0]?.involvedObject.kind], ['all well', 'ConfigMap']);
    const group = await api.get('/apis/events.k8s.io/v1/namespaces/default/events/happened');
    assert.deepEqual([group.body.apiVersion, group.body.note], ['events.k8s.io/v1', 'all well']);
  });
});
