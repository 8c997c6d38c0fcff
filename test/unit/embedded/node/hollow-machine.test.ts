import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Hollow, HollowBoot } from '../../../../src/embedded/node/machines/hollow.ts';
import { quantityBytes } from '../../../../src/embedded/node/machines/quantity.ts';
import { keyOf } from '../../../../src/kube/objects.ts';
import { Node, Pod, VirtualMachineInstance } from '../../../../src/kube/resources.ts';
import type { Store } from '../../../../src/kube/store.ts';
import { hollowGuests } from '../../../support/hollow-guest.ts';
import { type TestCluster, testCluster } from './cluster-fixture.ts';
import { machine } from './machine-fixture.ts';

const NAME = { namespace: 'default', name: 'lab-10000' };
const ISO = new Map([['iso:1', { kind: 'disk' as const, path: '/nowhere' }]]);

test('a played machine goes through the phases of a real one, and is ready when its guest speaks', async (t) => {
  const cluster = await testCluster(t, { images: ISO, hollow: hollowGuests() });
  const ready = await created(cluster, (vmi) =>
    vmi.status?.conditions?.some(({ type, status }) => type === 'Ready' && status === 'True'),
  );
  const phases = ready.status?.phaseTransitionTimestamps?.map(({ phase }) => phase);
  assert.deepEqual(phases, ['Pending', 'Scheduling', 'Scheduled', 'Running']);
  assert.match(ready.status?.interfaces?.[0]?.ipAddress ?? '', /^10\.244\./);
});

test('a played machine whose guest says nothing runs, and is not ready', async (t) => {
  const { hollow } = played();
  const cluster = await testCluster(t, { images: ISO, hollow });
  const vmi = await created(cluster, inPhase('Running'));
  assert.notEqual(vmi.status?.conditions?.find(({ type }) => type === 'Ready')?.status, 'True');
});

test('a guest that switches itself off has succeeded, and so has its pod', async (t) => {
  const { hollow, ends } = played();
  const cluster = await testCluster(t, { images: ISO, hollow });
  const machines = await running(cluster);
  ends.resolve();
  await turned(cluster, machines, inPhase('Succeeded'));
  await endedPod(cluster, 'Succeeded');
});

test('a guest that crashes has failed, and so has its pod', async (t) => {
  const { hollow, ends } = played();
  const cluster = await testCluster(t, { images: ISO, hollow });
  const machines = await running(cluster);
  ends.reject(new Error('the guest panicked'));
  await turned(cluster, machines, inPhase('Failed'));
  await endedPod(cluster, 'Failed');
});

test('a machine that does not boot has failed without having run', async (t) => {
  const hollow: Hollow = { boot: () => Promise.reject(new Error('no boot')) };
  const cluster = await testCluster(t, { images: ISO, hollow });
  const vmi = await created(cluster, inPhase('Failed'));
  const phases = vmi.status?.phaseTransitionTimestamps?.map(({ phase }) => phase);
  assert.ok(!phases?.includes('Running'));
});

test('a deleted machine is gone with its guest and its pod', async (t) => {
  const { hollow, disposed } = played();
  const cluster = await testCluster(t, { images: ISO, hollow });
  const machines = await running(cluster);
  await cluster.client.delete(VirtualMachineInstance, NAME);
  await machines.waitFor((all) => !all.get(keyOf(NAME)) || undefined, cluster.patience);
  await disposed;
  assert.deepEqual((await cluster.client.list(Pod, { namespace: NAME.namespace })).items, []);
});

test('a machine that is deleted while it boots is told so, and is gone without having run', async (t) => {
  const begun = Promise.withResolvers<HollowBoot>();
  const hollow: Hollow = {
    boot(boot) {
      begun.resolve(boot);
      return new Promise((_, reject) => boot.signal.addEventListener('abort', () => reject(boot.signal.reason)));
    },
  };
  const cluster = await testCluster(t, { images: ISO, hollow });
  const machines = cluster.store(VirtualMachineInstance);
  await create(cluster);
  await begun.promise;
  await cluster.client.delete(VirtualMachineInstance, NAME);
  await machines.waitFor((all) => (all.hasSynced && !all.get(keyOf(NAME))) || undefined, cluster.patience);
});

test('a machine that ran before its node started again is lost', async (t) => {
  const { hollow } = played();
  const before = await testCluster(t, { images: ISO, hollow });
  await running(before);
  const after = await before.restart();
  await turned(after, after.store(VirtualMachineInstance), inPhase('Failed'));
});

test('a played machine with an image that is not to be had waits for it like a real one', async (t) => {
  const { hollow, boots } = played();
  const cluster = await testCluster(t, { hollow });
  await created(cluster, (vmi) => vmi.status?.conditions?.some(({ reason }) => reason === 'ErrImagePull'));
  assert.equal(boots.length, 0);
});

test('a node of played machines has room for thousands', async (t) => {
  const cluster = await testCluster(t, { hollow: played().hollow });
  const node = await cluster
    .store(Node)
    .waitFor((nodes) => nodes.list().find(({ status }) => status?.capacity), cluster.patience);
  assert.ok(quantityBytes(node.status?.allocatable?.pods ?? '') >= 1000);
});

type Looks = (vmi: VirtualMachineInstance) => boolean | undefined;

/** Machines that serve nothing, and end all together when they are told to. */
function played() {
  const ends = Promise.withResolvers<void>();
  const gone = Promise.withResolvers<void>();
  const boots: HollowBoot[] = [];
  const hollow: Hollow = {
    async boot(boot) {
      boots.push(boot);
      return { ended: ends.promise, [Symbol.asyncDispose]: async () => gone.resolve() };
    },
  };
  ends.promise.catch(() => undefined);
  return { hollow, boots, ends, disposed: gone.promise };
}

function create({ client }: TestCluster): Promise<VirtualMachineInstance> {
  const vmi = machine(NAME.name);
  delete vmi.metadata.uid;
  return client.create(VirtualMachineInstance, vmi);
}

/** A machine as it is when it looks like that. */
async function created(cluster: TestCluster, looks: Looks): Promise<VirtualMachineInstance> {
  const machines = cluster.store(VirtualMachineInstance);
  await create(cluster);
  return turned(cluster, machines, looks);
}

async function running(cluster: TestCluster): Promise<Store<VirtualMachineInstance>> {
  const machines = cluster.store(VirtualMachineInstance);
  await create(cluster);
  await turned(cluster, machines, inPhase('Running'));
  return machines;
}

function turned({ patience }: TestCluster, machines: Store<VirtualMachineInstance>, looks: Looks) {
  return machines.waitFor((all) => {
    const vmi = all.get(keyOf(NAME));
    return vmi && looks(vmi) ? vmi : undefined;
  }, patience);
}

function inPhase(phase: string): Looks {
  return ({ status }) => status?.phase === phase;
}

async function endedPod({ store, patience }: TestCluster, phase: string): Promise<void> {
  await store(Pod).waitFor((pods) => pods.list().find(({ status }) => status?.phase === phase), patience);
}
