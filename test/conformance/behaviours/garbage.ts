import assert from 'node:assert/strict';
import type { Json } from '../api-caller.ts';
import { chapter, type World } from '../behaviour.ts';
import { inNamespace, ownerReference } from '../manifests.ts';
import { assertInvalid, assertRefused } from '../refused.ts';

function configMaps({ namespace }: World): string {
  return inNamespace(namespace, 'configmaps');
}

async function make(world: World, name: string, metadata: object = {}): Promise<Json> {
  const { code, body } = await world.admin.post(configMaps(world), { metadata: { name, ...metadata } });
  assert.equal(code, 201, JSON.stringify(body));
  return body;
}

function gone(world: World, name: string): Promise<void> {
  return world.eventually(async () => {
    assert.equal((await world.admin.get(`${configMaps(world)}/${name}`)).code, 404);
  });
}

async function metadataOf(world: World, name: string): Promise<Json> {
  return (await world.admin.get(`${configMaps(world)}/${name}`)).body.metadata;
}

function release(world: World, name: string) {
  return world.admin.mergePatch(`${configMaps(world)}/${name}`, { metadata: { finalizers: null } });
}

const HELD = { finalizers: ['example.com/hold'] };

export const garbage = chapter('owners', {
  'in the background, dependents go after their owner': async (world) => {
    const owner = await make(world, 'owner');
    await make(world, 'dependent', { ownerReferences: [ownerReference(owner)] });
    const { body } = await world.admin.delete(`${configMaps(world)}/owner`, { propagationPolicy: 'Background' });
    assert.equal(body.status, 'Success');
    await gone(world, 'dependent');
  },
  'in the foreground, an owner waits for the dependents that block its deletion': async (world) => {
    const owner = await make(world, 'owner');
    await make(world, 'dependent', { ...HELD, ownerReferences: [ownerReference(owner, { blockOwnerDeletion: true })] });
    const { body } = await world.admin.delete(`${configMaps(world)}/owner`, { propagationPolicy: 'Foreground' });
    assert.deepEqual(body.metadata.finalizers, ['foregroundDeletion']);
    await world.eventually(async () => assert.ok((await metadataOf(world, 'dependent')).deletionTimestamp));
    assert.ok((await metadataOf(world, 'owner')).deletionTimestamp);
    await release(world, 'dependent');
    await gone(world, 'owner');
  },
  'in the foreground, an owner does not wait for dependents that do not block': async (world) => {
    const owner = await make(world, 'owner');
    await make(world, 'dependent', { ...HELD, ownerReferences: [ownerReference(owner)] });
    await world.admin.delete(`${configMaps(world)}/owner`, { propagationPolicy: 'Foreground' });
    await gone(world, 'owner');
    assert.ok((await metadataOf(world, 'dependent')).deletionTimestamp);
    await release(world, 'dependent');
  },
  'orphans stay, without the reference to their owner': async (world) => {
    const owner = await make(world, 'owner');
    await make(world, 'dependent', { ownerReferences: [ownerReference(owner)] });
    const { body } = await world.admin.delete(`${configMaps(world)}/owner`, { propagationPolicy: 'Orphan' });
    assert.deepEqual(body.metadata.finalizers, ['orphan']);
    await gone(world, 'owner');
    const { ownerReferences, deletionTimestamp } = await metadataOf(world, 'dependent');
    assert.deepEqual([ownerReferences, deletionTimestamp], [undefined, undefined]);
  },
  'an owner of the same name with another uid is not the owner': async (world) => {
    const owner = await make(world, 'owner');
    const uid = '00000000-0000-0000-0000-000000000001';
    await make(world, 'dependent', { ownerReferences: [ownerReference(owner, { uid })] });
    await gone(world, 'dependent');
    assert.equal((await world.admin.get(`${configMaps(world)}/owner`)).code, 200);
  },
  'an object goes with the last of its owners': async (world) => {
    const [first, second] = [await make(world, 'first'), await make(world, 'second')];
    await make(world, 'dependent', { ownerReferences: [ownerReference(first), ownerReference(second)] });
    await world.admin.delete(`${configMaps(world)}/first`);
    await world.eventually(async () => {
      const names = (await metadataOf(world, 'dependent')).ownerReferences.map(({ name }: Json) => name);
      assert.deepEqual(names, ['second']);
    });
    await world.admin.delete(`${configMaps(world)}/second`);
    await gone(world, 'dependent');
  },
  'dependents of dependents go too': async (world) => {
    const owner = await make(world, 'owner');
    const child = await make(world, 'child', { ownerReferences: [ownerReference(owner)] });
    await make(world, 'grandchild', { ownerReferences: [ownerReference(child)] });
    await world.admin.delete(`${configMaps(world)}/owner`);
    await gone(world, 'grandchild');
  },
  'an owner reference is complete, and one controls at most': async (world) => {
    const path = configMaps(world);
    const owner = await make(world, 'owner');
    const make2 = (ownerReferences: object[]) => world.admin.post(path, { metadata: { name: 'x', ownerReferences } });
    assertInvalid(
      await make2([{ kind: 'ConfigMap', apiVersion: 'v1', name: 'owner', uid: '' }]),
      'metadata.ownerReferences.uid: Invalid value: "": must not be empty',
    );
    const controller = { controller: true };
    const two = [ownerReference(owner, controller), ownerReference(owner, { ...controller, name: 'b', uid: 'u' })];
    assertRefused(
      await make2(two),
      422,
      'Invalid',
      /Only one reference can have Controller set to true. Found "true" in references for ConfigMap\/owner and ConfigMap\/b$/,
    );
  },
});
