import assert from 'node:assert/strict';
import type { Json } from '../api-caller.ts';
import { chapter, type World } from '../behaviour.ts';
import { expected, MachineNode, machines } from '../machine-node.ts';
import { created } from './machine-manifest.ts';

export const machineRelations = chapter('machines and what is around them', {
  'takes with it what it owns, when it is gone': async (world) => {
    const node = await MachineNode.start(world);
    const vmi = await created(world);
    const pod = await node.run(vmi);
    const secrets = `/api/v1/namespaces/${world.namespace}/secrets`;
    const metadata = { name: 'key', ownerReferences: [owner(vmi)] };
    expected(201, await world.admin.post(secrets, { metadata }));
    await world.admin.delete(`${machines(world)}/one`);
    await node.remove(pod);
    await gone(world, `${machines(world)}/one`);
    await gone(world, `${secrets}/key`);
  },

  'goes with its owner': async (world) => {
    const node = await MachineNode.start(world);
    const configMaps = `/api/v1/namespaces/${world.namespace}/configmaps`;
    const server = expected(201, await world.admin.post(configMaps, { metadata: { name: 'server' } }));
    const vmi = await created(world, ({ metadata }) => {
      metadata.ownerReferences = [owner({ apiVersion: 'v1', kind: 'ConfigMap', ...server })];
    });
    await node.launcher(vmi);
    await world.admin.delete(`${configMaps}/server`);
    await gone(world, `${machines(world)}/one`);
  },

  'waits, when it is deleted in the foreground, for its pod': async (world) => {
    const node = await MachineNode.start(world);
    const vmi = await created(world);
    const pod = await node.run(vmi);
    const { body } = await world.admin.delete(`${machines(world)}/one`, { propagationPolicy: 'Foreground' });
    assert.deepEqual(body.metadata.finalizers.toSorted(), [
      'foregroundDeletion',
      'kubevirt.io/foregroundDeleteVirtualMachine',
    ]);
    await world.eventually(async () => {
      assert.ok((await node.launcher(vmi)).metadata.deletionTimestamp);
    });
    assert.equal((await world.admin.get(`${machines(world)}/one`)).code, 200);
    await node.remove(pod);
    await gone(world, `${machines(world)}/one`);
  },

  'goes in the background with its pod': async (world) => {
    const node = await MachineNode.start(world);
    const vmi = await created(world);
    const pod = await node.schedule(vmi);
    const { body } = await world.admin.delete(`${machines(world)}/one`, { propagationPolicy: 'Background' });
    assert.deepEqual(body.metadata.finalizers, ['kubevirt.io/foregroundDeleteVirtualMachine']);
    await node.remove(pod);
    await gone(world, `${machines(world)}/one`);
  },

  'is shown with its phase, address, node and readiness': async (world) => {
    const node = await MachineNode.start(world);
    await node.run(await created(world));
    await world.eventually(async () => {
      const { body } = await world.admin.get(machines(world), {
        accept: 'application/json;as=Table;v=v1;g=meta.k8s.io',
      });
      assert.deepEqual(
        body.columnDefinitions.map(({ name, type, priority }: Json) => [name, type, priority]),
        [
          ['Name', 'string', 0],
          ['Age', 'date', 0],
          ['Phase', 'string', 0],
          ['IP', 'string', 0],
          ['NodeName', 'string', 0],
          ['Ready', 'string', 0],
          ['Live-Migratable', 'string', 1],
          ['Paused', 'string', 1],
        ],
      );
      const [name, , ...rest] = body.rows[0].cells;
      assert.deepEqual([name, ...rest], ['one', 'Running', '10.244.7.7', node.name, 'True', null, null]);
    });
  },

  'is selected by name and by label, and by no other field': async (world) => {
    await MachineNode.start(world);
    await created(world);
    await created(world, ({ metadata }) => {
      Object.assign(metadata, { name: 'two', labels: { 'anweddol.io/state': 'claimed' } });
    });
    const names = async (query: string) => {
      const { items } = expected(200, await world.admin.get(`${machines(world)}?${query}`));
      return items.map(({ metadata }: Json) => metadata.name);
    };
    assert.deepEqual(await names('fieldSelector=metadata.name%3Dtwo'), ['two']);
    assert.deepEqual(await names('labelSelector=anweddol.io/state%3Dwarm'), ['one']);
    const { code, body } = await world.admin.get(`${machines(world)}?fieldSelector=status.phase%3DRunning`);
    assert.deepEqual([code, body.reason], [400, 'BadRequest']);
    assert.match(body.message, /status\.phase/);
  },

  'goes by its short name too': async (world) => {
    const { resources } = expected(200, await world.admin.get('/apis/kubevirt.io/v1'));
    const found = resources.find(({ name }: Json) => name === 'virtualmachineinstances');
    assert.deepEqual(
      [found.kind, found.namespaced, found.shortNames],
      ['VirtualMachineInstance', true, ['vmi', 'vmis']],
    );
    assert.deepEqual(found.categories, ['all']);
  },
});

function owner({ apiVersion, kind, metadata }: Json): object {
  return { apiVersion, kind, name: metadata.name, uid: metadata.uid, controller: true, blockOwnerDeletion: true };
}

function gone({ admin, eventually }: World, path: string): Promise<void> {
  return eventually(async () => {
    assert.equal((await admin.get(path)).code, 404);
  });
}
