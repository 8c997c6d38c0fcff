import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { Image } from '../../../../src/embedded/node/images/image-catalogue.ts';
import { isInvalid } from '../../../../src/kube/errors.ts';
import { type KubeObject, keyOf } from '../../../../src/kube/objects.ts';
import {
  ConfigMap,
  Deployment,
  EndpointSlice,
  Namespace,
  Pod,
  ReplicaSet,
  Service,
  ServiceAccount,
  VirtualMachineInstance,
} from '../../../../src/kube/resources.ts';
import type { Store } from '../../../../src/kube/store.ts';
import { testCluster } from '../node/cluster-fixture.ts';
import { machine } from '../node/machine-fixture.ts';

const NAME = { namespace: 'default', name: 'lab' };

test('a Deployment becomes pods, is scaled, rolls over to a new template, and goes with everything', async (t) => {
  const cluster = await testCluster(t, { images: idleProgram(t) });
  const { client, patience } = cluster;
  await client.create(Deployment, deployment('one'));
  const deployments = cluster.store(Deployment);
  const pods = cluster.store(Pod);
  const done = (replicas: number) => (store: Store<Deployment>) => {
    const { generation } = store.get(keyOf(NAME))?.metadata ?? {};
    const { observedGeneration, readyReplicas, updatedReplicas, replicas: all } = store.get(keyOf(NAME))?.status ?? {};
    const isDone =
      observedGeneration === generation && [readyReplicas, updatedReplicas, all].every((n) => n === replicas);
    return (generation !== undefined && isDone) || undefined;
  };
  await deployments.waitFor(done(2), patience);
  await client.mergePatch(Deployment, NAME, { spec: { replicas: 3 } }, { subresource: 'scale' });
  await deployments.waitFor(done(3), patience);

  const template = {
    spec: { containers: [{ name: 'program', image: 'program:1', env: [{ name: 'ROUND', value: 'two' }] }] },
  };
  await client.mergePatch(Deployment, NAME, { spec: { template } });
  await deployments.waitFor(done(3), patience);
  await pods.waitFor(
    (store) => store.list().every(({ spec }) => spec?.containers[0]?.env?.[0]?.value === 'two') || undefined,
    patience,
  );
  const sets = (await client.list(ReplicaSet, { namespace: 'default' })).items;
  assert.deepEqual(sets.map(({ spec }) => spec?.replicas).sort(), [0, 3]);

  await client.delete(Deployment, NAME, { propagation: 'Background' });
  await pods.waitFor((store) => store.list().length === 0 || undefined, patience);
  await cluster
    .store(ReplicaSet)
    .waitFor((store) => (store.hasSynced && store.list().length === 0) || undefined, patience);
});

test('an object deleted in the foreground goes after its dependents, one deleted as an orphan leaves them', async (t) => {
  const { client, store, patience } = await testCluster(t);
  const owner = await client.create(ConfigMap, configMap('owner'));
  await client.create(ConfigMap, configMap('dependent', owner));
  const maps = store(ConfigMap);
  const gone = (...names: string[]) =>
    maps.waitFor((all) => (all.hasSynced && names.every((name) => !all.get(`default/${name}`))) || undefined, patience);
  await client.delete(ConfigMap, owner.metadata, { propagation: 'Foreground' });
  await gone('owner', 'dependent');

  const parent = await client.create(ConfigMap, configMap('parent'));
  await client.create(ConfigMap, configMap('child', parent));
  await client.delete(ConfigMap, parent.metadata, { propagation: 'Orphan' });
  await gone('parent');
  const child = await client.get(ConfigMap, { namespace: 'default', name: 'child' });
  assert.deepEqual(child?.metadata.ownerReferences ?? [], []);
});

test('an object whose owner never was is collected', async (t) => {
  const { client, store, patience } = await testCluster(t);
  const never = configMap('never');
  never.metadata.uid = '11111111-1111-4111-8111-111111111111';
  await client.create(ConfigMap, configMap('stray', never));
  const maps = store(ConfigMap);
  await maps.waitFor((all) => (all.hasSynced && !all.get('default/stray')) || undefined, patience);
});

test("a Service's slices follow its pods, and a slice of somebody else's is left alone", async (t) => {
  const cluster = await testCluster(t, { images: idleProgram(t) });
  const { client, store, patience } = cluster;
  const ports = [
    { name: 'anweddol', port: 6150, targetPort: 'anweddol' },
    { name: 'ssh-10000', port: 10_000, targetPort: 'ssh-10000' },
  ];
  await client.create(Service, {
    ...{ apiVersion: 'v1', kind: 'Service', metadata: NAME },
    spec: { selector: { app: 'lab' }, ports },
  });
  const ours: EndpointSlice = {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: {
      ...{ name: 'lab-10000', namespace: 'default' },
      labels: {
        'kubernetes.io/service-name': 'lab',
        'endpointslice.kubernetes.io/managed-by': 'anweddol-operator',
      },
    },
    addressType: 'IPv4',
    ports: [{ name: 'ssh-10000', port: 22, protocol: 'TCP' }],
    endpoints: [{ addresses: ['10.244.9.9'], conditions: { ready: true } }],
  };
  const { metadata } = await client.create(EndpointSlice, ours);
  await client.create(Deployment, deployment('one'));
  const slices = store(EndpointSlice);
  const theirs = (all: Store<EndpointSlice>) => all.list().find(({ metadata: one }) => one.name !== 'lab-10000');
  await slices.waitFor((all) => {
    const ready = theirs(all)?.endpoints?.filter(({ conditions }) => conditions?.ready) ?? [];
    return ready.length === 2 || undefined;
  }, patience);
  assert.deepEqual(
    theirs(slices)?.ports?.map(({ name }) => name),
    ['anweddol'],
  );
  await client.delete(Deployment, NAME, { propagation: 'Background' });
  await slices.waitFor((all) => !theirs(all)?.endpoints?.length || undefined, patience);
  assert.equal(slices.get('default/lab-10000')?.metadata.resourceVersion, metadata.resourceVersion);
});

test('a namespace gets its defaults, and goes with all that is in it', async (t) => {
  const { client, store, patience } = await testCluster(t);
  await client.create(Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'lab' } });
  const accounts = store(ServiceAccount);
  await accounts.waitFor((all) => all.get('lab/default'), patience);
  const maps = store(ConfigMap);
  const ca = await maps.waitFor((all) => all.get('lab/kube-root-ca.crt'), patience);
  assert.match(ca.data?.['ca.crt'] ?? '', /BEGIN CERTIFICATE/);
  await client.delete(Namespace, { name: 'lab' });
  await store(Namespace).waitFor((all) => (all.hasSynced && !all.get('lab')) || undefined, patience);
  assert.equal(accounts.get('lab/default'), undefined);
});

test('a machine that KubeVirt would refuse is refused, and one whose image is nowhere waits and can be deleted', async (t) => {
  const { client, store, patience } = await testCluster(t);
  const { uid: _, ...metadata } = machine().metadata;
  const vmi = { ...machine(), metadata };
  const wrong = structuredClone(vmi);
  wrong.spec.domain.machine = { type: 'pc' };
  await assert.rejects(
    client.create(VirtualMachineInstance, wrong),
    (error) => isInvalid(error) && /pc \(allowed/.test(String(error)),
  );
  const unknown = { ...vmi, spec: { ...vmi.spec, nonsense: true } };
  await assert.rejects(client.create(VirtualMachineInstance, unknown), /nonsense/);

  await client.create(VirtualMachineInstance, vmi);
  const machines = store(VirtualMachineInstance);
  const waiting = await machines.waitFor((all) => {
    const [one] = all.list();
    return (
      one?.status?.conditions?.find(({ type, reason }) => type === 'Synchronized' && reason === 'ErrImagePull') && one
    );
  }, patience);
  assert.equal(waiting.status?.phase, 'Scheduling');
  const spec = { terminationGracePeriodSeconds: 5 };
  await assert.rejects(
    client.mergePatch(VirtualMachineInstance, metadata, { spec }),
    /update of VMI object is restricted/,
  );
  const patched = await client.mergePatch(VirtualMachineInstance, metadata, { status: { phase: 'Running' } });
  assert.equal(patched.status?.phase, 'Scheduling');
  await client.delete(VirtualMachineInstance, metadata);
  await machines.waitFor((all) => all.list().length === 0 || undefined, patience);
  await store(Pod).waitFor((all) => (all.hasSynced && all.list().length === 0) || undefined, patience);
});

/** `program:1` does nothing, until it is told to end. */
function idleProgram(t: TestContext): Map<string, Image> {
  const root = mkdtempSync(join(tmpdir(), 'program-'));
  t.after(() => rmSync(root, { recursive: true }));
  writeFileSync(join(root, 'main.mjs'), 'setInterval(() => {}, 1000)');
  return new Map([['program:1', { kind: 'program', command: [process.execPath, join(root, 'main.mjs')], root }]]);
}

function deployment(round: string): Deployment {
  const labels = { app: 'lab' };
  const ports = [{ name: 'anweddol', containerPort: 6150 }];
  const containers = [{ name: 'program', image: 'program:1', ports, env: [{ name: 'ROUND', value: round }] }];
  const strategy = { rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } };
  return {
    ...{ apiVersion: 'apps/v1', kind: 'Deployment', metadata: NAME },
    spec: {
      replicas: 2,
      strategy,
      selector: { matchLabels: labels },
      template: { metadata: { labels }, spec: { containers } },
    },
  };
}

function configMap(name: string, owner?: KubeObject): ConfigMap {
  const { metadata = { name: '', uid: '' } } = owner ?? {};
  const reference = {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    name: metadata.name,
    uid: metadata.uid ?? '',
    blockOwnerDeletion: true,
  };
  const ownerReferences = owner ? { ownerReferences: [reference] } : {};
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace: 'default', ...ownerReferences } };
}
