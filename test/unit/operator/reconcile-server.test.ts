import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import pino from 'pino';
import type { AnweddolServer } from '../../../src/api/resources.ts';
import { KubeError } from '../../../src/kube/errors.ts';
import { ObjectStore } from '../../../src/kube/object-store.ts';
import type { KubeObject, ObjectName, Resource } from '../../../src/kube/objects.ts';
import { type Deployment, Pod, Service, type VirtualMachineInstance } from '../../../src/kube/resources.ts';
import { StuckContainers } from '../../../src/operator/containers/stuck.ts';
import type { Context } from '../../../src/operator/context.ts';
import { service, sshPortsOf } from '../../../src/operator/desired/service.ts';
import { type KeyPair, KeyPairs } from '../../../src/operator/keys/key-pairs.ts';
import { ClusterNetworks } from '../../../src/operator/network/cluster-networks.ts';
import { PlatformCheck } from '../../../src/operator/platform/check-platform.ts';
import { PoolMemories } from '../../../src/operator/pool/pool-memory.ts';
import { Recollection } from '../../../src/operator/recollection.ts';
import { reconcileServer } from '../../../src/operator/reconcile-server.ts';
import { Refusals } from '../../../src/operator/refusals.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { sampleServer } from '../../support/sample-server.ts';
import { type Cluster, signal, startCluster } from './keys/step-fixture.ts';

const KEY = 'anweddol/lab';
let cluster: Cluster;

before(async () => {
  cluster = await startCluster();
});
after(() => cluster[Symbol.asyncDispose]());

/** Somebody else decides when a key is made. */
class HeldPairs extends KeyPairs {
  readonly asked = Promise.withResolvers<void>();
  readonly made = Promise.withResolvers<KeyPair>();

  override async make(): Promise<KeyPair> {
    this.asked.resolve();
    return this.made.promise;
  }
}

const deploymentOf = (replicas: number): Deployment => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { namespace: 'anweddol', name: 'lab-server' },
  spec: { replicas, selector: {}, template: {} },
});

/** A server that only the cache has; what is applied is kept in mind, or refused. Machines are not known yet. */
function scene(server: AnweddolServer, refuse: (resource: Resource) => KubeError | undefined = () => undefined) {
  const clock = new FakeClock();
  const log = pino({ level: 'silent' });
  const applied: KubeObject[] = [];
  const patched: [name: string, patch: object][] = [];
  const apply = async <T extends KubeObject>(resource: Resource<T>, object: Partial<T> & KubeObject) => {
    const refusal = refuse(resource);
    if (refusal) throw refusal;
    applied.push(object);
    return object as T;
  };
  const store = <T extends KubeObject>(objects: T[] = []) => {
    const filled = new ObjectStore<T>({ log, indices: { server: () => [KEY] } });
    filled.replace(objects);
    return filled;
  };
  const mergePatch = async <T extends KubeObject>(_: Resource<T>, name: ObjectName, patch: object) => {
    patched.push([name.name, patch]);
    return {} as T;
  };
  const kube = { ...cluster.kube, apply, mergePatch };
  const keyPairs = new HeldPairs();
  const context: Context = {
    kube,
    clock,
    log,
    defaultImage: 'anweddol:1',
    caches: {
      servers: store([server]),
      tokens: store(),
      accounts: store(),
      roles: store(),
      roleBindings: store(),
      configMaps: store(),
      deployments: store([deploymentOf(2)]),
      budgets: store(),
      policies: store(),
      services: store([service(sampleServer({ containers: { maxRunning: 4 } }))]),
      slices: store(),
      pods: store(),
      machines: new ObjectStore<VirtualMachineInstance>({ log, indices: { server: () => [KEY] } }),
    },
    platform: new PlatformCheck(kube, clock),
    networks: new ClusterNetworks({ kube, clock, log, configured: [] }),
    refusals: new Refusals(clock),
    pools: new PoolMemories(),
    stuck: new StuckContainers(),
    keyPairs,
    knownKeys: new Recollection(clock),
    knownCertificates: new Recollection(clock),
    events: { event: () => {} },
  };
  return { context, applied, patched, keyPairs };
}

test('a reconcile that fails does not end before all that it has begun', async () => {
  const server = { ...sampleServer(), status: { publicKey: { nextSecretName: 'lab-key' } } };
  const failure = new KubeError({ code: 500, reason: 'InternalError', message: 'try later' });
  const { context, keyPairs } = scene(server, (resource) => (resource.plural === Pod.plural ? failure : undefined));
  let isOver = false;
  const ended = reconcileServer(KEY, context, signal).finally(() => {
    isOver = true;
  });
  const refused = assert.rejects(ended, /no key today/);
  await keyPairs.asked.promise;
  for (let turn = 0; turn < 10; turn += 1) await setImmediate();
  assert.equal(isOver, false);
  keyPairs.made.reject(new Error('no key today'));
  await refused;
});

test('while machines are not known, the Service keeps the ports that it has', async () => {
  const { context, applied } = scene(sampleServer({ keys: { onetime: true }, containers: { maxRunning: 2 } }));
  await reconcileServer(KEY, context, signal);
  const found = applied.find(({ kind }) => kind === Service.kind) as Service | undefined;
  assert.deepEqual(sshPortsOf(found), [10_000, 10_001, 10_002, 10_003]);
});

test('server pods are scaled while no machine can be made, and are left alone otherwise', async () => {
  const none = scene(sampleServer({ keys: { onetime: true }, replicas: 0 }));
  await reconcileServer(KEY, none.context, signal);
  assert.deepEqual(none.patched, [['lab-server', { spec: { replicas: 0 } }]]);
  const two = scene(sampleServer({ keys: { onetime: true }, replicas: 2 }));
  await reconcileServer(KEY, two.context, signal);
  assert.deepEqual(two.patched, []);
});

test('a server that somebody holds back from going is told as such once, and nothing else is done for it', async () => {
  const metadata = { ...sampleServer().metadata, generation: 2, deletionTimestamp: '2026-01-01T00:00:00Z' };
  const before = { observedGeneration: 1, phase: 'Ready', readyReplicas: 2, isoVolumes: ['lab-iso-1'] };
  const first = scene({ ...sampleServer(), metadata, status: before });
  assert.deepEqual(await reconcileServer(KEY, first.context, signal), { again: false });
  const written = first.applied.map((object) => ('status' in object ? object.status : object.kind));
  assert.deepEqual(written, [{ ...before, observedGeneration: 2, phase: 'Deleting' }]);
  assert.deepEqual(first.patched, []);
  const second = scene({
    ...sampleServer(),
    metadata,
    status: { ...before, observedGeneration: 2, phase: 'Deleting' },
  });
  await reconcileServer(KEY, second.context, signal);
  assert.deepEqual([second.applied, second.patched], [[], []]);
});

test('so is one whose stored spec this release does not know, and nothing fails when it is gone by then', async () => {
  const metadata = { ...sampleServer().metadata, deletionTimestamp: '2026-01-01T00:00:00Z' };
  const server = { ...sampleServer(), metadata, spec: {} } as AnweddolServer;
  const { context, applied } = scene(server);
  await reconcileServer(KEY, context, signal);
  assert.deepEqual(
    applied.map((object) => 'status' in object && object.status),
    [{ observedGeneration: 1, phase: 'Deleting' }],
  );
  const details = { name: 'lab', kind: 'anweddolservers' };
  const gone = new KubeError({ code: 404, reason: 'NotFound', message: '"lab" not found', details });
  await reconcileServer(KEY, scene(server, () => gone).context, signal);
});
