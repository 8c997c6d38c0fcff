import assert from 'node:assert/strict';
import type { Json } from '../api-caller.ts';
import { chapter, type World } from '../behaviour.ts';
import { expected, MachineNode, machines } from '../machine-node.ts';
import { created, set } from './machine-manifest.ts';

const WAITING = { waiting: { reason: 'ContainerCreating' } };
const MISSING = { waiting: { reason: 'ErrImagePull', message: 'no such image' } };

export const machineLife = chapter('the life of a machine', {
  'is Scheduling once it has a pod, and says which': async (world) => {
    const node = await MachineNode.start(world);
    const vmi = await created(world);
    const pod = await node.launcher(vmi);
    await world.eventually(async () => {
      const { status, metadata } = await node.inPhase(vmi, 'Scheduling');
      assert.deepEqual(status.activePods, { [pod.metadata.uid]: '' });
      assert.deepEqual(reasonOf(status, 'Ready'), ['False', 'GuestNotRunning']);
      assert.equal(status.launcherContainerImageVersion, 'quay.io/kubevirt/virt-launcher:v1.7.0');
      assert.equal(metadata.annotations['kubevirt.io/latest-observed-api-version'], 'v1');
      assert.equal(metadata.labels['kubevirt.io/nodeName'], undefined);
    });
  },

  'is Scheduled once its pod runs, and says where': async (world) => {
    const node = await MachineNode.start(world);
    const vmi = await created(world);
    const pod = await node.schedule(vmi);
    const { status, metadata } = await node.inPhase(vmi, 'Scheduled');
    assert.equal(status.nodeName, node.name);
    assert.equal(metadata.labels['kubevirt.io/nodeName'], node.name);
    assert.deepEqual(status.activePods, { [pod.metadata.uid]: node.name });
    assert.deepEqual(status.volumeStatus, [{ name: 'iso', target: '' }]);
    assert.deepEqual(status.interfaces, [{ name: 'default', podInterfaceName: 'eth0' }]);
    const phases = status.phaseTransitionTimestamps.map(({ phase }: Json) => phase);
    assert.deepEqual(phases, ['Pending', 'Scheduling', 'Scheduled']);
  },

  'stays Scheduling while its pod is bound but has not started': async (world) => {
    const node = await MachineNode.start(world);
    const vmi = await created(world);
    const pod = await node.launcher(vmi);
    await node.bind(pod);
    await node.report(pod, { phase: 'Pending', state: WAITING, othersState: WAITING });
    await world.eventually(async () => {
      const { status } = await node.inPhase(vmi, 'Scheduling');
      assert.deepEqual(status.activePods, { [pod.metadata.uid]: node.name });
    });
  },

  'stays Scheduling while a disk of its pod is not ready': async (world) => {
    const node = await MachineNode.start(world);
    const vmi = await created(world);
    const pod = await node.launcher(vmi);
    await node.bind(pod);
    await node.report(pod, { othersState: MISSING });
    const { status } = await synchronized(world, vmi, 'ErrImagePull');
    assert.equal(status.phase, 'Scheduling');
  },

  'says why its image is not to be had, and no longer when it is': async (world) => {
    const node = await MachineNode.start(world);
    const vmi = await created(world);
    const pod = await node.launcher(vmi);
    await node.bind(pod);
    await node.report(pod, { phase: 'Pending', state: WAITING, othersState: MISSING });
    const { status } = await synchronized(world, vmi, 'ErrImagePull');
    const condition = status.conditions.find(({ type }: Json) => type === 'Synchronized');
    assert.deepEqual([condition.status, condition.message], ['False', 'no such image']);
    await node.report(pod);
    const scheduled = await node.inPhase(vmi, 'Scheduled');
    assert.equal(reasonOf(scheduled.status, 'Synchronized'), undefined);
  },

  'says why no node takes its pod': async (world) => {
    const node = await MachineNode.start(world);
    const vmi = await created(world);
    const pod = await node.launcher(vmi);
    await unschedulable(world, pod);
    await world.eventually(async () => {
      const { status } = await node.inPhase(vmi, 'Scheduling');
      const condition = status.conditions.find(({ type }: Json) => type === 'PodScheduled');
      const { reason, message } = condition ?? {};
      assert.deepEqual([condition?.status, reason, message], ['False', 'Unschedulable', '0/1 nodes are available']);
    });
  },

  'says no longer that no node takes its pod when one does': async (world) => {
    const node = await MachineNode.start(world);
    const vmi = await created(world);
    await unschedulable(world, await node.launcher(vmi));
    await world.eventually(async () => {
      const { status } = await node.inPhase(vmi, 'Scheduling');
      assert.ok(reasonOf(status, 'PodScheduled'));
    });
    await node.schedule(vmi);
    const { status } = await node.inPhase(vmi, 'Scheduled');
    assert.equal(reasonOf(status, 'PodScheduled'), undefined);
  },

  'waits as Pending for a claim, and says so': async (world) => {
    await MachineNode.start(world);
    const vmi = await created(
      world,
      set('volumes.0', { name: 'iso', persistentVolumeClaim: { claimName: 'iso', readOnly: true } }),
    );
    const { status } = await synchronized(world, vmi, 'FailedPvcNotFound');
    assert.equal(status.phase, 'Pending');
    assert.deepEqual(reasonOf(status, 'Ready'), ['False', 'PodNotExists']);
    assert.deepEqual(reasonOf(status, 'PodScheduled'), ['False', 'Unschedulable']);
  },

  'goes on when its claim is there': async (world) => {
    const node = await MachineNode.start(world);
    const vmi = await created(
      world,
      set('volumes.0', { name: 'iso', persistentVolumeClaim: { claimName: 'iso', readOnly: true } }),
    );
    await synchronized(world, vmi, 'FailedPvcNotFound');
    const spec = { accessModes: ['ReadOnlyMany'], resources: { requests: { storage: '1Gi' } } };
    const claims = `/api/v1/namespaces/${world.namespace}/persistentvolumeclaims`;
    expected(201, await world.admin.post(claims, { metadata: { name: 'iso' }, spec }));
    const { status } = await node.inPhase(vmi, 'Scheduling');
    assert.equal(reasonOf(status, 'Synchronized'), undefined);
  },

  "is Running when virt-handler says so, and ready as its pod's guest is": async (world) => {
    const node = await MachineNode.start(world);
    const vmi = await created(world);
    const pod = await node.schedule(vmi);
    const interfaces = [{ name: 'default', ipAddress: '10.244.7.7', infoSource: 'domain' }];
    await node.handle(vmi, () => ({ phase: 'Running', interfaces }));
    await ready(world, node, vmi, 'False');
    await node.report(pod, { ready: true });
    const { status } = await ready(world, node, vmi, 'True');
    assert.equal(status.phase, 'Running');
    assert.deepEqual(status.interfaces, [{ ...interfaces[0], podInterfaceName: 'eth0' }]);
    await node.report(pod, { ready: false });
    await ready(world, node, vmi, 'False');
  },

  'is not ready while virt-handler has not said that it runs': async (world) => {
    const node = await MachineNode.start(world);
    const vmi = await created(world);
    const pod = await node.schedule(vmi);
    await node.report(pod, { ready: true });
    await world.eventually(async () => {
      const { status } = await node.launcher(vmi);
      assert.ok(status.conditions.some(({ type, status: is }: Json) => type === 'Ready' && is === 'True'));
    });
    const { status } = await node.inPhase(vmi, 'Scheduled');
    assert.deepEqual(reasonOf(status, 'Ready'), ['False', 'GuestNotRunning']);
  },

  'shows its phases in their order to who watches': async (world) => {
    const node = await MachineNode.start(world);
    const vmi = await created(world);
    const query = `?watch=true&resourceVersion=${vmi.metadata.resourceVersion}`;
    await using events = await world.admin.watch(machines(world) + query);
    await node.run(vmi);
    const phases: string[] = ['Pending'];
    while (phases.at(-1) !== 'Running') {
      const { type, object } = await events.next();
      assert.equal(type, 'MODIFIED');
      if (object.status.phase !== phases.at(-1)) phases.push(object.status.phase);
    }
    assert.deepEqual(phases, ['Pending', 'Scheduling', 'Scheduled', 'Running']);
  },
});

async function unschedulable(world: World, pod: Json): Promise<void> {
  const { name, namespace } = pod.metadata;
  const condition = {
    type: 'PodScheduled',
    status: 'False',
    reason: 'Unschedulable',
    message: '0/1 nodes are available',
  };
  const path = `/api/v1/namespaces/${namespace}/pods/${name}/status`;
  expected(200, await world.admin.strategicPatch(path, { status: { conditions: [condition] } }));
}

function synchronized(world: World, vmi: Json, reason: string): Promise<Json> {
  return world.eventually(async () => {
    const { body } = await world.admin.get(`${machines(world)}/${vmi.metadata.name}`);
    assert.deepEqual(reasonOf(body.status, 'Synchronized'), ['False', reason]);
    return body;
  });
}

function ready(world: World, node: MachineNode, vmi: Json, status: string): Promise<Json> {
  return world.eventually(async () => {
    const now = await node.inPhase(vmi, 'Running');
    const condition = now.status.conditions.find(({ type }: Json) => type === 'Ready');
    assert.equal(condition.status, status);
    // Until the pod is ready, the condition says so or that the guest has not run long enough to tell.
    assert.notEqual(condition.reason, 'GuestNotRunning');
    return now;
  });
}

function reasonOf(status: Json, type: string): string[] | undefined {
  const condition = status.conditions?.find((one: Json) => one.type === type);
  return condition && [condition.status, condition.reason];
}
