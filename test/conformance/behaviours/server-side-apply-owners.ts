import assert from 'node:assert/strict';
import type { Json } from '../api-caller.ts';
import { chapter, type World } from '../behaviour.ts';
import { assertRefused } from '../refusal.ts';

const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';
const config = (data: object) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' }, data });

function configMap({ admin, namespace }: World) {
  const all = `/api/v1/namespaces/${namespace}/configmaps`;
  const path = `${all}/a`;
  return {
    path,
    make: (object: object) => admin.post(`${all}?fieldManager=maker`, { metadata: { name: 'a' }, ...object }),
    apply: (manager: string, data: object) => admin.apply(`${path}?fieldManager=${manager}`, config(data)),
    patch: (manager: string, change: object) => admin.mergePatch(`${path}?fieldManager=${manager}`, change),
    forget: () => admin.jsonPatch(path, [{ op: 'replace', path: '/metadata/managedFields', value: [{}] }]),
  };
}

const ownersOf = (body: Json) =>
  Object.fromEntries(
    (body.metadata.managedFields ?? []).map(({ manager, operation, fieldsV1 }: Json) => [
      `${manager} ${operation}`,
      fieldsV1,
    ]),
  );

export const serverSideApplyOwners = chapter('server-side apply: owners', {
  'keeps what an earlier Update set until that Update lets go': async (world) => {
    const { make, apply } = configMap(world);
    await make({ data: { a: '1', b: '2' } });
    assert.equal((await apply('applier', { a: '1', b: '2' })).code, 200);
    const { body } = await apply('applier', { a: '1' });
    assert.deepEqual(body.data, { a: '1', b: '2' });
    assert.deepEqual(ownersOf(body), {
      'applier Apply': { 'f:data': { 'f:a': {} } },
      'maker Update': { 'f:data': { '.': {}, 'f:a': {}, 'f:b': {} } },
    });
  },
  'lets a client take over ownership by writing managedFields': async (world) => {
    const { path, make, apply } = configMap(world);
    await make({ data: { a: '1', b: '2' } });
    const { body } = await world.admin.get(path);
    const [owner] = body.metadata.managedFields;
    const managedFields = [{ ...owner, manager: 'applier', operation: 'Apply' }];
    const taken = await world.admin.put(path, { ...body, metadata: { ...body.metadata, managedFields } });
    assert.deepEqual(Object.keys(ownersOf(taken.body)), ['applier Apply']);
    assert.deepEqual((await apply('applier', { a: '1' })).body.data, { a: '1' });
  },
  'keeps the owners when a client sends none, or nonsense': async (world) => {
    const { path, make, patch } = configMap(world);
    const { body } = await make({ data: { a: '1' } });
    const { managedFields, ...metadata } = body.metadata;
    const without = await world.admin.put(`${path}?fieldManager=maker`, { ...body, metadata });
    assert.deepEqual(without.body.metadata.managedFields, managedFields);
    const nonsense = [{ ...managedFields[0], manager: 'x', operation: 'Zork' }];
    const kept = await patch('maker', { metadata: { managedFields: nonsense } });
    assert.deepEqual(kept.body.metadata.managedFields, managedFields);
  },
  'forgets all owners by an empty entry, and records no update afterwards': async (world) => {
    const { make, patch, forget } = configMap(world);
    await make({ data: { a: '1' } });
    assert.equal((await forget()).body.metadata.managedFields, undefined);
    const { body } = await patch('later', { data: { b: '2' } });
    assert.deepEqual([body.data, body.metadata.managedFields], [{ a: '1', b: '2' }, undefined]);
  },
  'gives all fields of an object without owners to before-first-apply': async (world) => {
    const { make, apply, forget } = configMap(world);
    await make({ data: { a: '1', b: '2' } });
    await forget();
    const changed = await apply('applier', { a: '9' });
    const why = 'Apply failed with 1 conflict: conflict with "before-first-apply" using v1: .data.a';
    assertRefused(changed, 409, 'Conflict', why);
    const { body } = await apply('applier', { a: '1', c: '3' });
    assert.deepEqual(ownersOf(body), {
      'applier Apply': { 'f:data': { 'f:a': {}, 'f:c': {} } },
      'before-first-apply Update': { 'f:data': { '.': {}, 'f:a': {}, 'f:b': {} } },
    });
  },
  'lets kubectl take what its annotation says it applied': async (world) => {
    const { make, apply } = configMap(world);
    const annotations = { [LAST_APPLIED]: JSON.stringify(config({ a: '1' })) };
    await make({ metadata: { name: 'a', annotations }, data: { a: '1', b: '2' } });
    assertRefused(await apply('other', { a: '9' }), 409, 'Conflict', /conflict with "maker" using v1: .data.a$/);
    assertRefused(await apply('kubectl', { b: '9' }), 409, 'Conflict', /conflict with "maker" using v1: .data.b$/);
    const { code, body } = await apply('kubectl', { a: '9' });
    assert.deepEqual([code, body.data], [200, { a: '9', b: '2' }]);
    assert.deepEqual(ownersOf(body)['kubectl Apply'], { 'f:data': { 'f:a': {} } });
  },
  'keeps the annotation of kubectl in step with what it applies': async (world) => {
    const { make, apply } = configMap(world);
    const annotations = { [LAST_APPLIED]: JSON.stringify(config({ a: '1' })) };
    await make({ metadata: { name: 'a', annotations }, data: { a: '1' } });
    const { body } = await apply('kubectl', { a: '9' });
    const text = body.metadata.annotations[LAST_APPLIED];
    assert.deepEqual([JSON.parse(text), text.endsWith('}\n')], [config({ a: '9' }), true]);
    const other = await apply('other', { c: '3' });
    assert.equal(other.body.metadata.annotations[LAST_APPLIED], text);
  },
  'records an update with what it changed only': async (world) => {
    const { path, make, patch } = configMap(world);
    const { body } = await make({ data: { a: '1', b: '2' } });
    const changed = { ...body, data: { a: '1', b: 'changed', c: '3' } };
    const updated = await world.admin.put(`${path}?fieldManager=editor`, changed);
    assert.deepEqual(ownersOf(updated.body), {
      'editor Update': { 'f:data': { 'f:b': {}, 'f:c': {} } },
      'maker Update': { 'f:data': { '.': {}, 'f:a': {} } },
    });
    const removed = await patch('third', { data: { c: null } });
    assert.deepEqual(ownersOf(removed.body)['editor Update'], { 'f:data': { 'f:b': {} } });
  },
  'records who writes the status under the subresource': async ({ admin, namespace }) => {
    const all = `/api/v1/namespaces/${namespace}/persistentvolumeclaims`;
    const resources = { requests: { storage: '1Gi' } };
    const spec = { accessModes: ['ReadWriteOnce'], resources };
    await admin.post(`${all}?fieldManager=maker`, { metadata: { name: 'c' }, spec });
    const change = { status: { capacity: { storage: '1Gi' } } };
    const { body } = await admin.mergePatch(`${all}/c/status?fieldManager=binder`, change);
    const owner = body.metadata.managedFields.find(({ manager }: Json) => manager === 'binder');
    const fields = { 'f:status': { 'f:capacity': { '.': {}, 'f:storage': {} } } };
    assert.deepEqual([owner.subresource, owner.operation, owner.fieldsV1], ['status', 'Update', fields]);
  },
  'records no time for an apply that changes nothing': async (world) => {
    const { make, apply } = configMap(world);
    await make({ data: { a: '1' } });
    const { body } = await apply('applier', { a: '1' });
    const [owner] = body.metadata.managedFields;
    assert.deepEqual([owner.manager, owner.time], ['applier', undefined]);
  },
});
