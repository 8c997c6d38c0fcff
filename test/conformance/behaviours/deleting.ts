import assert from 'node:assert/strict';
import type { Json } from '../api-caller.ts';
import { chapter, type World } from '../behaviour.ts';
import { inNamespace } from '../manifests.ts';
import { assertInvalid, assertRefused } from '../refused.ts';

async function configMap(world: World, name: string, metadata: object = {}): Promise<[string, Json]> {
  const path = inNamespace(world.namespace, 'configmaps');
  const { code, body } = await world.admin.post(path, { metadata: { name, ...metadata } });
  assert.equal(code, 201, JSON.stringify(body));
  world.cleanUp(() => world.admin.mergePatch(`${path}/${name}`, { metadata: { finalizers: null } }));
  return [`${path}/${name}`, body];
}

export const deleting = chapter('deletion', {
  'what nothing holds is gone at once, and the answer tells what it was': async (world) => {
    const [path, { metadata }] = await configMap(world, 'one');
    const { code, body } = await world.admin.delete(path);
    assert.deepEqual([code, body.kind, body.status], [200, 'Status', 'Success']);
    assert.deepEqual(body.details, { name: 'one', kind: 'configmaps', uid: metadata.uid });
    assert.equal((await world.admin.get(path)).code, 404);
  },
  'a finalizer holds an object, which is marked once': async (world) => {
    const [path] = await configMap(world, 'held', { finalizers: ['example.com/a'] });
    const first = await world.admin.delete(path);
    assert.deepEqual([first.code, first.body.kind], [200, 'ConfigMap']);
    assert.match(first.body.metadata.deletionTimestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/);
    assert.equal(first.body.metadata.deletionGracePeriodSeconds, 0);
    const second = await world.admin.delete(path);
    assert.deepEqual(second.body.metadata, first.body.metadata);
  },
  'an object goes with its last finalizer': async (world) => {
    const [path] = await configMap(world, 'held', { finalizers: ['example.com/a', 'example.com/b'] });
    await world.admin.delete(path);
    const one = await world.admin.mergePatch(path, { metadata: { finalizers: ['example.com/b'] } });
    assert.deepEqual([one.code, one.body.metadata.finalizers], [200, ['example.com/b']]);
    assert.equal((await world.admin.get(path)).code, 200);
    const none = await world.admin.mergePatch(path, { metadata: { finalizers: null } });
    assert.equal(none.code, 200);
    assert.equal((await world.admin.get(path)).code, 404);
  },
  'an object that is going takes no new finalizers, and other changes': async (world) => {
    const [path] = await configMap(world, 'held', { finalizers: ['example.com/a'] });
    await world.admin.delete(path);
    const answer = await world.admin.mergePatch(path, { metadata: { finalizers: ['example.com/a', 'example.com/b'] } });
    const why =
      'metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"example.com/b"}';
    assertRefused(answer, 422, 'Invalid', `ConfigMap "held" is invalid: ${why}`);
    assert.deepEqual((await world.admin.mergePatch(path, { data: { a: 'b' } })).body.data, { a: 'b' });
  },
  'a deletion is not taken back': async (world) => {
    const [path] = await configMap(world, 'held', { finalizers: ['example.com/a'] });
    const { deletionTimestamp } = (await world.admin.delete(path)).body.metadata;
    const { body } = await world.admin.mergePatch(path, { metadata: { deletionTimestamp: null } });
    assert.equal(body.metadata.deletionTimestamp, deletionTimestamp);
  },
  'the name of an object that is going is taken': async (world) => {
    const [path] = await configMap(world, 'held', { finalizers: ['example.com/a'] });
    await world.admin.delete(path);
    const answer = await world.admin.post(inNamespace(world.namespace, 'configmaps'), { metadata: { name: 'held' } });
    assertRefused(answer, 409, 'AlreadyExists', 'object is being deleted: configmaps "held" already exists');
  },
  'a finalizer has the form of a label': async ({ admin, namespace }) => {
    const make = (finalizer: string) =>
      admin.post(inNamespace(namespace, 'configmaps'), { metadata: { name: 'x', finalizers: [finalizer] } });
    assertInvalid(
      await make('plain'),
      'metadata.finalizers[0]: Invalid value: "plain": name is neither a standard finalizer name nor is it fully qualified',
    );
    assertRefused(
      await make('example.com/a b'),
      422,
      'Invalid',
      /metadata.finalizers: Invalid value: "example.com\/a b": name part must/,
    );
  },
  'a deletion can be bound to a uid and a version': async (world) => {
    const [path, { metadata }] = await configMap(world, 'one');
    const other = '00000000-0000-0000-0000-000000000000';
    const conflict = 'Operation cannot be fulfilled on ConfigMap "one": ';
    assertRefused(
      await world.admin.delete(path, { preconditions: { uid: other } }),
      409,
      'Conflict',
      `${conflict}the UID in the precondition (${other}) does not match the UID in record (${metadata.uid}). The object might have been deleted and then recreated`,
    );
    assertRefused(
      await world.admin.delete(path, { preconditions: { resourceVersion: '1' } }),
      409,
      'Conflict',
      `${conflict}the ResourceVersion in the precondition (1) does not match the ResourceVersion in record (${metadata.resourceVersion}). The object might have been modified`,
    );
    const { uid, resourceVersion } = metadata;
    assert.equal((await world.admin.delete(path, { preconditions: { uid, resourceVersion } })).code, 200);
  },
  'options of a deletion that make no sense are refused': async (world) => {
    const [path] = await configMap(world, 'one');
    assertInvalid(
      await world.admin.delete(path, { propagationPolicy: 'Sideways' }),
      'propagationPolicy: Unsupported value: "Sideways": supported values: "Foreground", "Background", "Orphan", "nil"',
    );
    assertInvalid(
      await world.admin.delete(path, { propagationPolicy: 'Background', orphanDependents: true }),
      'propagationPolicy: Invalid value: "Background": orphanDependents and deletionPropagation cannot be both set',
    );
    const other = await world.admin.delete(path, { kind: 'Foo', apiVersion: 'v1' });
    assertRefused(other, 400, 'BadRequest', /^no kind "Foo" is registered for version "v1"/);
    assert.equal((await world.admin.get(path)).code, 200);
  },
  'a deletion that is tried only deletes nothing': async (world) => {
    const [path] = await configMap(world, 'one');
    assert.equal((await world.admin.delete(`${path}?dryRun=All`)).code, 200);
    assert.equal((await world.admin.get(path)).code, 200);
  },
  'what is not there is not deleted': async ({ admin, namespace }) => {
    const answer = await admin.delete(`${inNamespace(namespace, 'configmaps')}/nothing`);
    assertRefused(answer, 404, 'NotFound', 'configmaps "nothing" not found');
    assert.deepEqual(answer.body.details, { name: 'nothing', kind: 'configmaps' });
  },
  'a collection is deleted as far as selectors reach': async (world) => {
    const path = inNamespace(world.namespace, 'configmaps');
    await configMap(world, 'a', { labels: { team: 'x' } });
    await configMap(world, 'b', { labels: { team: 'x' }, finalizers: ['example.com/a'] });
    await configMap(world, 'c', { labels: { team: 'y' } });
    await configMap(world, 'd', { labels: { team: 'y' } });
    assert.equal((await world.admin.delete(`${path}?labelSelector=team&dryRun=All`)).code, 200);
    const byLabel = await world.admin.delete(`${path}?labelSelector=team%3Dx`);
    assert.deepEqual([byLabel.code, byLabel.body.kind, byLabel.body.items.length], [200, 'ConfigMapList', 2]);
    assert.equal((await world.admin.delete(`${path}?fieldSelector=metadata.name%3Dd`)).body.items.length, 1);
    const left = (await world.admin.get(`${path}?labelSelector=team`)).body.items;
    assert.deepEqual(
      left.map(({ metadata }: Json) => [metadata.name, metadata.deletionTimestamp !== undefined]),
      [
        ['b', true],
        ['c', false],
      ],
    );
  },
});
