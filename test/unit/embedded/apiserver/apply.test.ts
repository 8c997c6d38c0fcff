import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { Api, CONFIG_MAPS, configMap } from './api-fixture.ts';

const SERVICES = '/api/v1/namespaces/default/services';

describe('server-side apply', () => {
  let api: Api;
  before(async () => {
    api = await Api.start();
  });
  after(() => api.close());

  const apply = (name: string, manager: string, data: object, query = '') =>
    api.patch(`${CONFIG_MAPS}/${name}?fieldManager=${manager}${query}`, 'apply', {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name },
      data,
    });

  test('creates what is not there and owns what it sets', async () => {
    const { code, body } = await apply('made', 'one', { a: '1' });
    assert.equal(code, 201);
    const [owner] = body.metadata.managedFields;
    assert.deepEqual([owner?.manager, owner?.operation], ['one', 'Apply']);
    assert.deepEqual(owner?.fieldsV1, { 'f:data': { 'f:a': {} } });
  });

  test('the same apply again changes nothing', async () => {
    const first = await apply('again', 'one', { a: '1' });
    const second = await apply('again', 'one', { a: '1' });
    assert.equal(second.code, 200);
    assert.equal(second.body.metadata.resourceVersion, first.body.metadata.resourceVersion);
  });

  test('removes what its manager no longer sets, and leaves what others set', async () => {
    await apply('shared', 'one', { a: '1', b: '1' });
    await apply('shared', 'two', { c: '2' });
    const { body } = await apply('shared', 'one', { a: '1' });
    assert.deepEqual(body.data as unknown, { a: '1', c: '2' });
  });

  test('a field that two managers set stays when one lets go of it', async () => {
    await apply('both', 'one', { a: '1' });
    await apply('both', 'two', { a: '1' });
    const { body } = await apply('both', 'one', {});
    assert.deepEqual(body.data as unknown, { a: '1' });
  });

  test('a field of somebody else is a conflict, unless forced', async () => {
    await apply('fought', 'one', { a: '1' });
    const refused = await apply('fought', 'two', { a: '2' });
    assert.deepEqual([refused.code, refused.body.reason], [409, 'Conflict']);
    assert.equal(refused.body.message, 'Apply failed with 1 conflict: conflict with "one": .data.a');
    assert.deepEqual(refused.body.details.causes[0] as unknown, {
      reason: 'FieldManagerConflict',
      message: 'conflict with "one"',
      field: '.data.a',
    });
    const forced = await apply('fought', 'two', { a: '2' }, '&force=true');
    assert.equal(forced.code, 200);
    assert.deepEqual(
      forced.body.metadata.managedFields.map(({ manager }) => manager),
      ['two'],
    );
  });

  test('a plain update takes ownership, so that the next apply conflicts', async () => {
    await apply('taken', 'one', { a: '1' });
    await api.patch(`${CONFIG_MAPS}/taken`, 'merge', { data: { a: '2' } });
    const { code, body } = await apply('taken', 'one', { a: '1' });
    assert.equal(code, 409);
    assert.match(body.message, /conflict with "tester" using v1: .data.a/);
  });

  test('lists of objects merge by their keys', async () => {
    const service = (ports: object[]) => ({
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'ports' },
      spec: { ports },
    });
    await api.patch(`${SERVICES}/ports?fieldManager=one`, 'apply', service([{ name: 'a', port: 1 }]));
    await api.patch(`${SERVICES}/ports?fieldManager=two`, 'apply', service([{ name: 'b', port: 2 }]));
    const { body } = await api.patch(`${SERVICES}/ports?fieldManager=one`, 'apply', service([{ name: 'c', port: 3 }]));
    assert.deepEqual(body.spec.ports.map(({ name }) => name).sort(), ['b', 'c']);
  });

  test('finalizers of two managers are one set', async () => {
    const held = (finalizer: string) =>
      configMap('set', { metadata: { name: 'set', finalizers: [finalizer] }, data: {} });
    await api.patch(`${CONFIG_MAPS}/set?fieldManager=one`, 'apply', held('t.io/a'));
    const { body } = await api.patch(`${CONFIG_MAPS}/set?fieldManager=two`, 'apply', held('t.io/b'));
    assert.deepEqual(body.metadata.finalizers as unknown, ['t.io/a', 't.io/b']);
  });

  test('needs a field manager, and no managedFields', async () => {
    const config = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' } };
    const nameless = await api.patch(`${CONFIG_MAPS}/x`, 'apply', config);
    assert.deepEqual([nameless.code, nameless.body.details.causes[0]?.field], [422, 'fieldManager']);
    const managed = { ...config, metadata: { name: 'x', managedFields: [] } };
    assert.equal((await api.patch(`${CONFIG_MAPS}/x?fieldManager=one`, 'apply', managed)).code, 400);
  });

  test('refuses fields that the type does not have', async () => {
    const config = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'x' }, zork: 1 };
    const { code, body } = await api.patch(`${CONFIG_MAPS}/x?fieldManager=one`, 'apply', config);
    assert.equal(code, 500);
    assert.match(body.message, /failed to create typed patch object .*: \.zork: field not declared in schema/);
  });

  test('takes YAML', async () => {
    const yaml = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: yaml\ndata:\n  a: "yes"\n';
    const { code, body } = await api.patch(`${CONFIG_MAPS}/yaml?fieldManager=one`, 'apply', yaml);
    assert.deepEqual([code, body.data.a], [201, 'yes']);
  });
});
