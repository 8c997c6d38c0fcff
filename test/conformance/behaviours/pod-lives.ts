import assert from 'node:assert/strict';
import type { Json } from '../api-caller.ts';
import { chapter, type World } from '../behaviour.ts';
import { inNamespace, pod } from '../manifests.ts';
import { assertRefused } from '../refused.ts';

async function make(world: World, spec: object = {}): Promise<string> {
  const path = inNamespace(world.namespace, 'pods');
  const { code, body } = await world.admin.post(path, pod('one', spec));
  assert.equal(code, 201, JSON.stringify(body));
  // Nobody else ends a pod on a node that is not there.
  world.cleanUp(() => world.admin.delete(`${path}/one`, { gracePeriodSeconds: 0 }));
  return `${path}/one`;
}

/** On a node that is not there: nobody ends it. */
async function makeBound(world: World, spec: object = {}): Promise<string> {
  return make(world, { nodeName: `node-${world.unique}`, ...spec });
}

function bind(world: World, path: string, target: object, metadata: object = { name: 'one' }) {
  return world.admin.post(`${path}/binding`, { apiVersion: 'v1', kind: 'Binding', metadata, target });
}

export const podLives = chapter('lives of pods', {
  'a binding puts a pod on a node, once': async (world) => {
    const path = await make(world);
    const { code, body } = await bind(world, path, { kind: 'Node', name: 'nowhere' });
    assert.deepEqual([code, body.kind, body.status], [201, 'Status', 'Success']);
    const { spec, status } = (await world.admin.get(path)).body;
    assert.equal(spec.nodeName, 'nowhere');
    assert.deepEqual([status.conditions[0].type, status.conditions[0].status], ['PodScheduled', 'True']);
    const again = await bind(world, path, { kind: 'Node', name: 'elsewhere' });
    const why = 'pod one is already assigned to node "nowhere"';
    assertRefused(again, 409, 'Conflict', `Operation cannot be fulfilled on pods/binding "one": ${why}`);
  },
  'a binding names its pod': async (world) => {
    const path = await make(world);
    const answer = await bind(world, path, { kind: 'Node', name: 'n' }, {});
    assertRefused(answer, 400, 'BadRequest', 'name in URL does not match name in Binding object');
  },
  'a pod with gates is not bound': async (world) => {
    const path = await make(world, { schedulingGates: [{ name: 'example.com/wait' }] });
    const answer = await bind(world, path, { kind: 'Node', name: 'n' });
    assertRefused(answer, 409, 'Conflict', /pod one has non-empty .spec.schedulingGates$/);
    assert.equal((await world.admin.get(path)).body.spec.nodeName, undefined);
  },
  'the status of a pod is written beside its spec': async (world) => {
    const path = await make(world);
    const main = await world.admin.mergePatch(path, { status: { phase: 'Running' } });
    assert.equal(main.body.status.phase, 'Pending');
    const conditions = [{ type: 'Ready', status: 'True' }];
    const state = { running: { startedAt: '2026-01-02T03:04:05Z' } };
    const containerStatuses = [{ name: 'main', ready: true, restartCount: 0, image: 'x', imageID: '', state }];
    const status = { phase: 'Running', podIP: '10.1.1.1', conditions, containerStatuses };
    const { body } = await world.admin.strategicPatch(`${path}/status`, { status, spec: { hostname: 'x' } });
    assert.deepEqual([body.status.phase, body.spec.hostname, body.metadata.generation], ['Running', undefined, 1]);
    assert.deepEqual(body.status.podIPs, [{ ip: '10.1.1.1' }]);
    assert.deepEqual(body.status.conditions, [
      { type: 'Ready', status: 'True', lastProbeTime: null, lastTransitionTime: null },
    ]);
    assert.deepEqual(body.status.containerStatuses[0].lastState, {});
  },
  'a strategic patch merges conditions by type': async (world) => {
    const path = await make(world, { readinessGates: [{ conditionType: 'example.com/gate' }] });
    const tell = (...conditions: object[]) => world.admin.strategicPatch(`${path}/status`, { status: { conditions } });
    await tell({ type: 'Ready', status: 'False' }, { type: 'example.com/gate', status: 'False' });
    const { body } = await tell({ type: 'example.com/gate', status: 'True', reason: 'Open' });
    const seen = body.status.conditions.map(({ type, status }: Json) => `${type}=${status}`).sort();
    assert.deepEqual(seen, ['Ready=False', 'example.com/gate=True']);
  },
  'a pod that no node runs is gone at once': async (world) => {
    const path = await make(world);
    const { code, body } = await world.admin.delete(path);
    const { deletionGracePeriodSeconds, generation } = body.metadata;
    assert.deepEqual([code, body.kind, deletionGracePeriodSeconds, generation], [200, 'Pod', 0, 2]);
    assert.equal((await world.admin.get(path)).code, 404);
  },
  'a pod on a node has the time that it asks for, and is marked until then': async (world) => {
    const path = await makeBound(world, { terminationGracePeriodSeconds: 20 });
    const before = Date.now();
    const { body } = await world.admin.delete(path);
    assert.equal(body.metadata.deletionGracePeriodSeconds, 20);
    const seconds = (Date.parse(body.metadata.deletionTimestamp) - before) / 1000;
    assert.ok(seconds > 17 && seconds < 23, `${seconds} s`);
    assert.equal((await world.admin.get(path)).code, 200);
  },
  'the time of a pod that is going gets shorter, not longer': async (world) => {
    const path = await makeBound(world);
    await world.admin.delete(path);
    const grace = async (seconds: number) =>
      (await world.admin.delete(path, { gracePeriodSeconds: seconds })).body.metadata.deletionGracePeriodSeconds;
    assert.deepEqual([await grace(60), await grace(5), await grace(10)], [30, 5, 5]);
  },
  'a pod is gone when it is deleted without any time': async (world) => {
    const path = await makeBound(world);
    const { code } = await world.admin.delete(path, { gracePeriodSeconds: 0 });
    assert.deepEqual([code, (await world.admin.get(path)).code], [200, 404]);
  },
  'a pod that has ended needs no time': async (world) => {
    const path = await makeBound(world);
    await world.admin.mergePatch(`${path}/status`, { status: { phase: 'Succeeded' } });
    await world.admin.delete(path);
    assert.equal((await world.admin.get(path)).code, 404);
  },
  'a finalizer holds a pod after its time': async (world) => {
    const path = await makeBound(world);
    await world.admin.mergePatch(path, { metadata: { finalizers: ['example.com/hold'] } });
    await world.admin.delete(path, { gracePeriodSeconds: 0 });
    const { metadata } = (await world.admin.get(path)).body;
    assert.deepEqual([metadata.deletionGracePeriodSeconds, metadata.finalizers], [0, ['example.com/hold']]);
    await world.admin.mergePatch(path, { metadata: { finalizers: null } });
    assert.equal((await world.admin.get(path)).code, 404);
  },
  'a grace below zero is the shortest': async (world) => {
    const { body } = await world.admin.get(await make(world, { terminationGracePeriodSeconds: -5 }));
    assert.equal(body.spec.terminationGracePeriodSeconds, 1);
  },
  'a pod is evicted unless a budget forbids it': async (world) => {
    const path = await make(world);
    const eviction = {
      apiVersion: 'policy/v1',
      kind: 'Eviction',
      metadata: { name: 'one', namespace: world.namespace },
    };
    const { code, body } = await world.admin.post(`${path}/eviction`, eviction);
    assert.deepEqual([code, body.status], [201, 'Success']);
    assert.equal((await world.admin.get(path)).code, 404);
  },
});
