import assert from 'node:assert/strict';
import type { Json } from '../api-caller.ts';
import { chapter, type World } from '../behaviour.ts';
import { deployment, inNamespace } from '../manifests.ts';
import { assertInvalid, assertRefused } from '../refused.ts';

function path({ namespace }: World, plural: string): string {
  return inNamespace(namespace, plural, 'apps');
}

function make(world: World, spec: object = {}) {
  return world.admin.post(path(world, 'deployments'), deployment('one', spec));
}

async function items(world: World, url: string): Promise<Json[]> {
  return (await world.admin.get(`${url}?labelSelector=app%3Done`)).body.items;
}

const sets = (world: World) => items(world, path(world, 'replicasets'));
const pods = (world: World) => items(world, inNamespace(world.namespace, 'pods'));

async function statusOf(world: World): Promise<Json> {
  return (await world.admin.get(`${path(world, 'deployments')}/one`)).body.status;
}

/** What a kubelet would tell of every pod that there is. */
async function makeReady(world: World): Promise<void> {
  const conditions = [{ type: 'Ready', status: 'True', lastTransitionTime: '2026-01-02T03:04:05Z' }];
  const status = { phase: 'Running', conditions };
  for (const { metadata } of await pods(world)) {
    await world.admin.strategicPatch(`${inNamespace(world.namespace, 'pods')}/${metadata.name}/status`, { status });
  }
}

export const deployments = chapter('Deployments', {
  'a Deployment has one replica that is replaced a quarter at a time': async (world) => {
    const { code, body } = await make(world);
    const { replicas, strategy, revisionHistoryLimit, progressDeadlineSeconds } = body.spec;
    assert.deepEqual([code, replicas, revisionHistoryLimit, progressDeadlineSeconds], [201, 1, 10, 600]);
    assert.deepEqual(strategy, { type: 'RollingUpdate', rollingUpdate: { maxUnavailable: '25%', maxSurge: '25%' } });
    assert.equal(body.spec.template.spec.restartPolicy, 'Always');
    assert.equal(body.metadata.generation, 1);
  },
  'the template of a Deployment is held to the rules of pods, and of their labels': async (world) => {
    const metadata = { labels: { app: 'one' } };
    const containers = [{ name: 'main', image: 'example.com/main:1' }];
    const refused = async (template: object, message: RegExp) => {
      const answer = await make(world, { template: { metadata, spec: { containers }, ...template } });
      assertRefused(answer, 422, 'Invalid', message);
    };
    const bad = { 'not a key': 'x' };
    const form = ': Invalid value: "not a key": name part must consist of alphanumeric characters';
    await refused({ metadata: { labels: { ...metadata.labels, ...bad } } }, new RegExp(`spec.template.labels${form}`));
    await refused({ metadata: { ...metadata, annotations: bad } }, new RegExp(`spec.template.annotations${form}`));
    const withSpec = (spec: object) => ({ spec: { containers, ...spec } });
    await refused(withSpec({ nodeSelector: bad }), new RegExp(`spec.template.spec.nodeSelector${form}`));
    const required = 'requiredDuringSchedulingIgnoredDuringExecution';
    await refused(
      withSpec({ affinity: { nodeAffinity: { [required]: { nodeSelectorTerms: [] } } } }),
      /nodeSelectorTerms: Required value: must have at least one node selector term/,
    );
    await refused(
      withSpec({ affinity: { podAntiAffinity: { [required]: [{ labelSelector: {}, topologyKey: '' }] } } }),
      /topologyKey: Required value: can not be empty/,
    );
  },
  'the selector of a Deployment matches its template': async (world) => {
    const selecting = (selector: object) => make(world, { replicas: 0, selector });
    const labels =
      'spec.template.metadata.labels: Invalid value: {"app":"one"}: `selector` does not match template `labels`';
    assertInvalid(await selecting({ matchLabels: { app: 'other' } }), labels);
    assertInvalid(await selecting({ matchExpressions: [{ key: 'app', operator: 'NotIn', values: ['one'] }] }), labels);
    assertRefused(await selecting({}), 422, 'Invalid', /spec.selector: Invalid value|spec.selector: Required value/);
    assert.equal(
      (await selecting({ matchExpressions: [{ key: 'app', operator: 'In', values: ['one', 'x'] }] })).code,
      201,
    );
  },
  'the selector of a Deployment stays': async (world) => {
    await make(world, { replicas: 0 });
    const spec = { selector: { matchLabels: { app: 'z' } }, template: { metadata: { labels: { app: 'z' } } } };
    assertInvalid(
      await world.admin.mergePatch(`${path(world, 'deployments')}/one`, { spec }),
      'spec.selector: Invalid value: {"matchLabels":{"app":"z"}}: field is immutable',
    );
  },
  'a Deployment replaces its pods in a way that comes to an end': async (world) => {
    const strategy = (strategy: object) => make(world, { replicas: 0, strategy });
    const rolling = 'spec.strategy.rollingUpdate';
    assertInvalid(
      await strategy({ type: 'Foo' }),
      'spec.strategy: Unsupported value: {"Type":"Foo","RollingUpdate":null}: supported values: "Recreate", "RollingUpdate"',
    );
    assertInvalid(
      await strategy({ type: 'Recreate', rollingUpdate: { maxSurge: 1 } }),
      `${rolling}: Forbidden: may not be specified when strategy \`type\` is 'Recreate'`,
    );
    assertInvalid(
      await strategy({ rollingUpdate: { maxSurge: 0, maxUnavailable: 0 } }),
      `${rolling}.maxUnavailable: Invalid value: 0: may not be 0 when \`maxSurge\` is 0`,
    );
    assertInvalid(
      await strategy({ rollingUpdate: { maxUnavailable: '200%' } }),
      `${rolling}.maxUnavailable: Invalid value: "200%": must not be greater than 100%`,
    );
    assertInvalid(
      await make(world, { progressDeadlineSeconds: 5, minReadySeconds: 10 }),
      'spec.progressDeadlineSeconds: Invalid value: 5: must be greater than minReadySeconds',
    );
  },
  'the pods of a Deployment start again when they end': async (world) => {
    const { template } = deployment('one').spec;
    assertInvalid(
      await make(world, { template: { ...template, spec: { ...template.spec, restartPolicy: 'Never' } } }),
      'spec.template.spec.restartPolicy: Unsupported value: "Never": supported values: "Always"',
    );
    assertInvalid(
      await make(world, { replicas: -1 }),
      'spec.replicas: Invalid value: -1: must be greater than or equal to 0',
    );
  },
  'a Deployment makes a ReplicaSet, which makes pods': async (world) => {
    const { body } = await make(world, { replicas: 2 });
    await world.eventually(async () => assert.equal((await pods(world)).length, 2));
    const [set, ...others] = await sets(world);
    assert.deepEqual(others, []);
    const hash = set.metadata.labels['pod-template-hash'];
    assert.equal(set.metadata.name, `one-${hash}`);
    assert.deepEqual(set.spec.selector.matchLabels, { app: 'one', 'pod-template-hash': hash });
    assert.deepEqual(set.metadata.annotations, {
      'deployment.kubernetes.io/revision': '1',
      'deployment.kubernetes.io/desired-replicas': '2',
      'deployment.kubernetes.io/max-replicas': '3',
    });
    const controls = { controller: true, blockOwnerDeletion: true };
    const { uid } = body.metadata;
    assert.deepEqual(set.metadata.ownerReferences, [
      { apiVersion: 'apps/v1', kind: 'Deployment', name: 'one', uid, ...controls },
    ]);
    for (const { metadata } of await pods(world)) {
      assert.match(metadata.name, new RegExp(`^one-${hash}-[a-z0-9]{5}$`));
      assert.equal(metadata.generateName, `one-${hash}-`);
      assert.equal(metadata.labels['pod-template-hash'], hash);
      assert.equal(metadata.ownerReferences[0].uid, set.metadata.uid);
    }
  },
  'a Deployment counts the pods that are ready': async (world) => {
    await make(world, { replicas: 2 });
    await world.eventually(async () => {
      const { replicas, unavailableReplicas, updatedReplicas, readyReplicas } = await statusOf(world);
      assert.deepEqual([replicas, unavailableReplicas, updatedReplicas, readyReplicas], [2, 2, 2, undefined]);
    });
    await makeReady(world);
    await world.eventually(async () => {
      const { readyReplicas, availableReplicas, unavailableReplicas, observedGeneration, conditions } =
        await statusOf(world);
      assert.deepEqual(
        [readyReplicas, availableReplicas, unavailableReplicas, observedGeneration],
        [2, 2, undefined, 1],
      );
      const told = conditions.map(({ type, status, reason }: Json) => [type, status, reason]).sort();
      assert.deepEqual(told, [
        ['Available', 'True', 'MinimumReplicasAvailable'],
        ['Progressing', 'True', 'NewReplicaSetAvailable'],
      ]);
    });
    const { body } = await world.admin.get(`${path(world, 'deployments')}/one`);
    assert.equal(body.metadata.annotations['deployment.kubernetes.io/revision'], '1');
  },
  'a pod that goes is replaced': async (world) => {
    await make(world);
    await world.eventually(async () => assert.equal((await pods(world)).length, 1));
    const [{ metadata }] = (await pods(world)) as [Json];
    await world.admin.delete(`${inNamespace(world.namespace, 'pods')}/${metadata.name}`);
    await world.eventually(async () => {
      const [pod] = await pods(world);
      assert.ok(pod && pod.metadata.uid !== metadata.uid);
    });
  },
  'a Deployment is scaled': async (world) => {
    await make(world, { replicas: 3 });
    await world.eventually(async () => assert.equal((await pods(world)).length, 3));
    const scale = `${path(world, 'deployments')}/one/scale`;
    const { body } = await world.admin.get(scale);
    assert.deepEqual([body.kind, body.spec.replicas, body.status.selector], ['Scale', 3, 'app=one']);
    await world.admin.mergePatch(scale, { spec: { replicas: 1 } });
    await world.eventually(async () => assert.equal((await pods(world)).length, 1));
    const [set] = await sets(world);
    assert.equal(set.metadata.annotations['deployment.kubernetes.io/desired-replicas'], '1');
  },
  'a changed template is rolled out by another ReplicaSet, once its pods are ready': async (world) => {
    await make(world);
    await world.eventually(async () => assert.equal((await pods(world)).length, 1));
    await makeReady(world);
    await world.eventually(async () => assert.equal((await statusOf(world)).availableReplicas, 1));
    const template = { spec: { containers: [{ name: 'main', image: 'example.com/main:2' }] } };
    await world.admin.strategicPatch(`${path(world, 'deployments')}/one`, { spec: { template } });
    await world.eventually(async () => assert.equal((await pods(world)).length, 2));
    await world.eventually(async () => {
      await makeReady(world);
      const left = await pods(world);
      assert.deepEqual(
        left.map(({ spec }) => spec.containers[0].image),
        ['example.com/main:2'],
      );
    });
    const revisions = (await sets(world)).map(({ metadata, spec }) => [
      metadata.annotations['deployment.kubernetes.io/revision'],
      spec.replicas,
    ]);
    assert.deepEqual(revisions.sort(), [
      ['1', 0],
      ['2', 1],
    ]);
  },
  'a Deployment that recreates its pods waits for the old to be gone': async (world) => {
    await make(world, { strategy: { type: 'Recreate' } });
    await world.eventually(async () => assert.equal((await pods(world)).length, 1));
    const [{ metadata }] = (await pods(world)) as [Json];
    const old = `${inNamespace(world.namespace, 'pods')}/${metadata.name}`;
    await world.admin.mergePatch(old, { metadata: { finalizers: ['example.com/hold'] } });
    const template = { spec: { containers: [{ name: 'main', image: 'example.com/main:2' }] } };
    await world.admin.strategicPatch(`${path(world, 'deployments')}/one`, { spec: { template } });
    await world.eventually(async () => assert.ok((await world.admin.get(old)).body.metadata.deletionTimestamp));
    assert.equal((await pods(world)).length, 1);
    await world.admin.mergePatch(old, { metadata: { finalizers: null } });
    await world.eventually(async () => {
      assert.deepEqual(
        (await pods(world)).map(({ spec }) => spec.containers[0].image),
        ['example.com/main:2'],
      );
    });
  },
  'a Deployment that goes takes its ReplicaSets and pods with it': async (world) => {
    await make(world);
    await world.eventually(async () => assert.equal((await pods(world)).length, 1));
    await world.admin.delete(`${path(world, 'deployments')}/one`, { propagationPolicy: 'Foreground' });
    await world.eventually(async () => {
      assert.equal((await world.admin.get(`${path(world, 'deployments')}/one`)).code, 404);
      assert.deepEqual([await sets(world), await pods(world)], [[], []]);
    });
  },
});
