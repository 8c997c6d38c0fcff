import assert from 'node:assert/strict';
import type { Json } from '../api-caller.ts';
import { chapter, type World } from '../behaviour.ts';
import { expected, MachineNode, machines } from '../machine-node.ts';
import { created, machine } from './machine-manifest.ts';

const FINALIZER = 'kubevirt.io/foregroundDeleteVirtualMachine';
const ENDED = { terminated: { exitCode: 1, reason: 'Error' } };

export const machineEnd = chapter('the end of a machine', {
  'fails when its pod vanishes before it is bound': async (world) => {
    const node = await MachineNode.start(world);
    const vmi = await created(world);
    const pod = await node.launcher(vmi);
    // KubeVirt itself makes another pod where the first vanishes before it has told of it.
    await node.inPhase(vmi, 'Scheduling');
    await node.remove(pod);
    await node.inPhase(vmi, 'Failed');
  },

  'fails when its pod vanishes while it is Scheduled': async (world) => {
    const node = await MachineNode.start(world);
    const vmi = await created(world);
    await node.remove(await node.schedule(vmi));
    await node.inPhase(vmi, 'Failed');
  },

  'fails when its pod vanishes while it runs, and makes no other': async (world) => {
    const node = await MachineNode.start(world);
    const vmi = await created(world);
    await node.remove(await node.run(vmi));
    const { status, metadata } = await node.inPhase(vmi, 'Failed');
    assert.deepEqual(readiness(status), ['False', 'PodNotExists']);
    assert.equal(metadata.deletionTimestamp, undefined);
    assert.equal(await podCount(world), 0);
  },

  'fails when its pod is told to end before it has started': async (world) => {
    const node = await MachineNode.start(world);
    const vmi = await created(world);
    const pod = await node.launcher(vmi);
    await node.bind(pod);
    await world.admin.delete(`/api/v1/namespaces/${world.namespace}/pods/${pod.metadata.name}`);
    const { status } = await node.inPhase(vmi, 'Failed');
    assert.deepEqual(readiness(status), ['False', 'PodTerminating']);
  },

  'fails when its pod fails before it has started': async (world) => {
    const node = await MachineNode.start(world);
    const vmi = await created(world);
    const pod = await node.launcher(vmi);
    await node.bind(pod);
    await node.report(pod, { phase: 'Failed', state: ENDED, othersState: ENDED });
    await node.inPhase(vmi, 'Failed');
  },

  'stays Running, unready, when its pod ends, until virt-handler tells its end': async (world) => {
    const node = await MachineNode.start(world);
    const vmi = await created(world);
    const pod = await node.run(vmi);
    await node.report(pod, { phase: 'Failed', state: ENDED, othersState: ENDED });
    await world.eventually(async () => {
      const { status } = await node.inPhase(vmi, 'Running');
      assert.deepEqual(readiness(status), ['False', 'PodTerminating']);
    });
    await node.handle(vmi, () => ({ phase: 'Failed' }));
    await node.inPhase(vmi, 'Failed');
  },

  'stays with its finalizer when it has Succeeded, as long as it has a pod': async (world) => {
    const node = await MachineNode.start(world);
    const vmi = await created(world);
    const pod = await node.run(vmi);
    await node.handle(vmi, () => ({ phase: 'Succeeded' }));
    await node.report(pod, { phase: 'Succeeded', state: { terminated: { exitCode: 0 } }, othersState: ENDED });
    await world.eventually(async () => {
      const { status, metadata } = await node.inPhase(vmi, 'Succeeded');
      assert.deepEqual(readiness(status), ['False', 'PodTerminating']);
      assert.deepEqual(metadata.finalizers, [FINALIZER]);
    });
  },

  'keeps its final phase when its pod is gone, and may then go at once': async (world) => {
    const node = await MachineNode.start(world);
    const vmi = await created(world);
    const pod = await node.run(vmi);
    await node.handle(vmi, () => ({ phase: 'Succeeded' }));
    await node.remove(pod);
    await world.eventually(async () => {
      const { metadata } = await node.inPhase(vmi, 'Succeeded');
      assert.equal(metadata.finalizers, undefined);
    });
    await world.admin.delete(`${machines(world)}/one`);
    assert.equal((await world.admin.get(`${machines(world)}/one`)).code, 404);
  },

  'goes, with its pod, when it is deleted before a node has it': async (world) => {
    const node = await MachineNode.start(world);
    const vmi = await created(world);
    await node.launcher(vmi);
    const { code } = await world.admin.delete(`${machines(world)}/one`);
    assert.equal(code, 200);
    await gone(world);
    assert.equal(await podCount(world), 0);
  },

  'ends its pod when it is deleted, and goes when that is gone': async (world) => {
    const node = await MachineNode.start(world);
    const vmi = await created(world);
    const pod = await node.run(vmi);
    const { code, body } = await world.admin.delete(`${machines(world)}/one`);
    assert.equal(code, 200);
    assert.ok(body.metadata.deletionTimestamp);
    await ending(world, node, vmi);
    const running = await node.inPhase(vmi, 'Running');
    assert.deepEqual(running.metadata.finalizers, [FINALIZER]);
    await node.handle(vmi, () => ({ phase: 'Succeeded' }));
    await node.inPhase(vmi, 'Succeeded');
    await node.remove(pod);
    await gone(world);
  },

  'fails, and goes, when it is deleted and its pod vanishes without a word of virt-handler': async (world) => {
    const node = await MachineNode.start(world);
    const vmi = await created(world);
    const pod = await node.schedule(vmi);
    const query = `?watch=true&resourceVersion=${vmi.metadata.resourceVersion}`;
    await using events = await world.admin.watch(machines(world) + query);
    await world.admin.delete(`${machines(world)}/one`);
    await ending(world, node, vmi);
    await node.remove(pod);
    await gone(world);
    const phases: string[] = [];
    for (let event = await events.next(); ; event = await events.next()) {
      phases.push(event.object.status.phase);
      if (event.type === 'DELETED') break;
    }
    assert.equal(phases.at(-1), 'Failed');
  },

  'gives the pod its grace to end': async (world) => {
    const node = await MachineNode.start(world);
    const vmi = await created(world, ({ spec }) => {
      spec.terminationGracePeriodSeconds = 5;
    });
    await node.run(vmi);
    await world.admin.delete(`${machines(world)}/one`);
    assert.equal((await ending(world, node, vmi)).metadata.deletionGracePeriodSeconds, 35);
  },

  'can be deleted only by its own uid where one is given': async (world) => {
    await MachineNode.start(world);
    const vmi = await created(world);
    const path = `${machines(world)}/one`;
    const other = await world.admin.delete(path, { preconditions: { uid: crypto.randomUUID() } });
    assert.deepEqual([other.code, other.body.reason], [409, 'Conflict']);
    const own = await world.admin.delete(path, { preconditions: { uid: vmi.metadata.uid } });
    assert.equal(own.code, 200);
    await gone(world);
  },

  'keeps its name while it ends': async (world) => {
    const node = await MachineNode.start(world);
    const vmi = await created(world);
    await node.run(vmi);
    await world.admin.delete(`${machines(world)}/one`);
    const { code, body } = await world.admin.post(machines(world), machine(world));
    assert.deepEqual([code, body.reason], [409, 'AlreadyExists']);
    assert.match(body.message, /^object is being deleted: /);
  },

  'leaves its name to another, with another uid and another pod': async (world) => {
    const node = await MachineNode.start(world);
    const first = await created(world);
    const pod = await node.launcher(first);
    await world.admin.delete(`${machines(world)}/one`);
    await gone(world);
    const second = await created(world);
    assert.notEqual(second.metadata.uid, first.metadata.uid);
    assert.notEqual((await node.launcher(second)).metadata.uid, pod.metadata.uid);
  },
});

function readiness(status: Json): string[] {
  const { status: is, reason } = status.conditions.find(({ type }: Json) => type === 'Ready');
  return [is, reason];
}

async function podCount({ admin, namespace }: World): Promise<number> {
  return expected(200, await admin.get(`/api/v1/namespaces/${namespace}/pods`)).items.length;
}

function ending(world: World, node: MachineNode, vmi: Json): Promise<Json> {
  return world.eventually(async () => {
    const pod = await node.launcher(vmi);
    assert.ok(pod.metadata.deletionTimestamp, 'the pod is not told to end');
    return pod;
  });
}

function gone(world: World): Promise<void> {
  return world.eventually(async () => {
    assert.equal((await world.admin.get(`${machines(world)}/one`)).code, 404);
  });
}
