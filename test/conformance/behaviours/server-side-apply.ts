import assert from 'node:assert/strict';
import type { Json } from '../api-caller.ts';
import { chapter, type World } from '../behaviour.ts';
import { define, specSchema, text } from '../custom-resource.ts';
import { assertInvalid, assertRefused } from '../refusal.ts';

function configMap({ admin, namespace }: World) {
  const path = `/api/v1/namespaces/${namespace}/configmaps/a`;
  const config = (data?: object) => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name: 'a' },
    ...(data && { data }),
  });
  const send = (manager: string, body: unknown, query = '') =>
    admin.apply(`${path}?fieldManager=${manager}${query}`, body);
  return {
    path,
    config,
    send,
    apply: (manager: string, data?: object) => send(manager, config(data)),
    force: (manager: string, data: object) => send(manager, config(data), '&force=true'),
    data: async () => (await admin.get(path)).body.data,
  };
}

const ownersOf = (body: Json) =>
  body.metadata.managedFields.map(({ manager, operation, fieldsV1 }: Json) => [manager, operation, fieldsV1]);

export const serverSideApply = chapter('server-side apply', {
  'creates what is not there, and records what the manager set': async (world) => {
    const { code, body } = await configMap(world).apply('one', { a: '1' });
    assert.deepEqual([code, body.data], [201, { a: '1' }]);
    const [{ time, ...owner }, ...others] = body.metadata.managedFields;
    assert.match(time, /^\d{4}-\d\d-\d\dT/);
    const writer = { manager: 'one', operation: 'Apply', apiVersion: 'v1', fieldsType: 'FieldsV1' };
    assert.deepEqual([owner, others], [{ ...writer, fieldsV1: { 'f:data': { 'f:a': {} } } }, []]);
  },
  'changes no version when the same is applied again': async (world) => {
    const { apply } = configMap(world);
    const first = await apply('one', { a: '1' });
    const again = await apply('one', { a: '1' });
    assert.deepEqual([again.code, again.body], [200, first.body]);
  },
  'removes what its manager no longer sets, and nothing else': async (world) => {
    const { apply, data } = configMap(world);
    await apply('one', { a: '1', b: '1' });
    await apply('two', { c: '2' });
    assert.equal((await apply('one', { a: '1' })).code, 200);
    assert.deepEqual(await data(), { a: '1', c: '2' });
  },
  'keeps a field that two set while one of them does': async (world) => {
    const { apply, data } = configMap(world);
    await apply('one', { a: '1' });
    assert.equal((await apply('two', { a: '1' })).code, 200);
    await apply('one');
    assert.deepEqual(await data(), { a: '1' });
    await apply('two');
    assert.equal(await data(), undefined);
  },
  'refuses to change what another manager applied, and names it': async (world) => {
    const { apply, data } = configMap(world);
    await apply('one', { a: '1', b: '1' });
    const single = await apply('two', { a: '2' });
    assertRefused(single, 409, 'Conflict', 'Apply failed with 1 conflict: conflict with "one": .data.a');
    const cause = { reason: 'FieldManagerConflict', message: 'conflict with "one"', field: '.data.a' };
    assert.deepEqual(single.body.details, { causes: [cause] });
    const both = await apply('two', { a: '2', b: '2' });
    const why = 'Apply failed with 2 conflicts: conflicts with "one":\n- .data.a\n- .data.b';
    assertRefused(both, 409, 'Conflict', why);
    assert.deepEqual(await data(), { a: '1', b: '1' });
  },
  'takes the field from its manager when forced': async (world) => {
    const { apply, force } = configMap(world);
    await apply('one', { a: '1', b: '1' });
    const { code, body } = await force('two', { a: '2' });
    assert.deepEqual([code, body.data], [200, { a: '2', b: '1' }]);
    assert.deepEqual(ownersOf(body), [
      ['one', 'Apply', { 'f:data': { 'f:b': {} } }],
      ['two', 'Apply', { 'f:data': { 'f:a': {} } }],
    ]);
    const late = await apply('one', { a: '1', b: '1' });
    assertRefused(late, 409, 'Conflict', 'Apply failed with 1 conflict: conflict with "two": .data.a');
  },
  'gives a field to who updates it, so that the next apply conflicts': async (world) => {
    const { path, apply } = configMap(world);
    await apply('one', { a: '1' });
    await world.admin.mergePatch(`${path}?fieldManager=editor`, { data: { a: '2' } });
    const why = 'Apply failed with 1 conflict: conflict with "editor" using v1: .data.a';
    assertRefused(await apply('one', { a: '1' }), 409, 'Conflict', why);
    assert.equal((await apply('one', { a: '2' })).code, 200);
  },
  'leaves the value of who changed it when its applier lets go': async (world) => {
    const { path, apply, data } = configMap(world);
    await apply('one', { a: '1', b: '1' });
    await world.admin.mergePatch(`${path}?fieldManager=editor`, { data: { a: '2' } });
    assert.equal((await apply('one', { b: '1' })).code, 200);
    assert.deepEqual(await data(), { a: '2', b: '1' });
  },
  'knows two writers of one name apart by what they do: apply or update': async (world) => {
    const { path, apply } = configMap(world);
    await apply('same', { a: '1' });
    await world.admin.mergePatch(`${path}?fieldManager=same`, { data: { b: '2' } });
    const { body } = await world.admin.get(path);
    assert.deepEqual(ownersOf(body), [
      ['same', 'Apply', { 'f:data': { 'f:a': {} } }],
      ['same', 'Update', { 'f:data': { 'f:b': {} } }],
    ]);
  },
  'names a writer without a name after its program': async ({ admin, namespace }) => {
    const { body } = await admin.post(`/api/v1/namespaces/${namespace}/configmaps`, {
      metadata: { name: 'a' },
      data: { a: 'b' },
    });
    assert.deepEqual(ownersOf(body), [['unknown', 'Update', { 'f:data': { '.': {}, 'f:a': {} } }]]);
  },
  'stores nothing of a dry run': async (world) => {
    const { path, config, send } = configMap(world);
    const dry = await send('one', config({ a: '1' }), '&dryRun=All');
    assert.deepEqual([dry.code, dry.body.data], [201, { a: '1' }]);
    assert.equal((await world.admin.get(path)).code, 404);
  },
  'needs a field manager': async (world) => {
    const { path, config } = configMap(world);
    const answer = await world.admin.apply(path, config());
    assertInvalid(answer, { fieldManager: 'Required value: is required for apply patch' });
  },
  'needs apiVersion, kind and, to create, the name': async (world) => {
    const { send } = configMap(world);
    const metadata = { name: 'a' };
    const kindless = await send('m', { apiVersion: 'v1', metadata });
    assertRefused(kindless, 400, 'BadRequest', 'invalid object type: /v1, Kind=');
    const nameless = await send('m', { apiVersion: 'v1', kind: 'ConfigMap' });
    assertRefused(nameless, 400, 'BadRequest', /was undeterminable: name must be provided$/);
    const other = await send('m', { apiVersion: 'v1', kind: 'Secret', metadata });
    assertRefused(other, 400, 'BadRequest', 'invalid object type: /v1, Kind=Secret');
    const renamed = await send('m', { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'b' } });
    assertRefused(renamed, 400, 'BadRequest', /^the name of the object \(b\) does not match/);
  },
  'refuses managedFields in a configuration': async (world) => {
    const { send } = configMap(world);
    const metadata = { name: 'a', managedFields: [] };
    const answer = await send('m', { apiVersion: 'v1', kind: 'ConfigMap', metadata });
    assertRefused(answer, 400, 'BadRequest', 'metadata.managedFields must be nil');
  },
  'refuses a configuration for another version or another object': async (world) => {
    const { apply, send } = configMap(world);
    const uid = 'f47ac10b-58cc-4372-a567-0e02b2c3d479';
    const config = (metadata: object) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'a', ...metadata },
    });
    const fresh = await send('m', config({ uid }));
    const why = `uid mismatch: the provided object specified uid ${uid}, and no existing object was found`;
    assertRefused(fresh, 409, 'Conflict', `Operation cannot be fulfilled on configmaps "a": ${why}`);
    await apply('m', { a: '1' });
    assertInvalid(await send('m', config({ uid })), { 'metadata.uid': `Invalid value: "${uid}": field is immutable` });
    const stale = await send('m', config({ resourceVersion: '1' }));
    assertRefused(stale, 409, 'Conflict', /the object has been modified/);
  },
  'refuses values of another type, and shows them': async (world) => {
    const { apply, send, config } = configMap(world);
    const what = 'failed to create typed patch object (/a; /v1, Kind=ConfigMap): ';
    const number = await apply('m', { a: 1 });
    const found = '.data.a: expected string, got &value.valueUnstructured{Value:1}';
    assertRefused(number, 500, undefined, what + found);
    const list = await send('m', { ...config(), data: ['x'] });
    assertRefused(list, 500, undefined, `${what}.data: expected map, got &{[x]}`);
  },
  'reads a configuration in YAML': async (world) => {
    const { send } = configMap(world);
    const yaml = 'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  a: "yes"\n';
    const { code, body } = await send('m', yaml);
    assert.deepEqual([code, body.data], [201, { a: 'yes' }]);
  },
  'drops what is no part of the status from an apply to the status': async (world) => {
    const kind = await define(world, specSchema({ a: text }), { version: { subresources: { status: {} } } });
    const path = `${kind.path}/a`;
    const apply = (manager: string, members: object, subresource = '/status') =>
      world.admin.apply(`${path}${subresource}?fieldManager=${manager}`, kind.object('a', members));
    const early = await apply('m', { status: { x: 1 } });
    assertRefused(early, 404, 'NotFound', `widgets.${kind.group} "a" not found`);
    await apply('maker', { spec: { a: '1' }, status: { lost: 1 } }, '');
    const { body } = await apply('m', { spec: { a: 'lost' }, status: { x: 1 } });
    assert.deepEqual([body.spec, body.status], [{ a: '1' }, { x: 1 }]);
    const owner = body.metadata.managedFields.find(({ manager }: Json) => manager === 'm');
    assert.deepEqual([owner.subresource, owner.fieldsV1], ['status', { 'f:status': { 'f:x': {} } }]);
    const why = 'Apply failed with 1 conflict: conflict with "m" with subresource "status": .status.x';
    assertRefused(await apply('other', { status: { x: 2 } }), 409, 'Conflict', why);
    assert.deepEqual((await apply('m', {})).body.status, undefined);
  },
});
