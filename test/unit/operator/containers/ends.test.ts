import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ANNOTATION_EXPIRES_AT, ANNOTATION_START_BY } from '../../../../src/api/names.ts';
import type { AnweddolServer } from '../../../../src/api/resources.ts';
import { KubeError } from '../../../../src/kube/errors.ts';
import { ObjectStore } from '../../../../src/kube/object-store.ts';
import { EndpointSlice, VirtualMachineInstance } from '../../../../src/kube/resources.ts';
import { StuckContainers } from '../../../../src/operator/containers/stuck.ts';
import { reconcileContainer } from '../../../../src/operator/reconcile-container.ts';
import { Refusals } from '../../../../src/operator/refusals.ts';
import { claimedMachine } from '../../../../src/virtualization/kubevirt/machine.ts';
import { SAMPLE_UUID, sampleSettings } from '../../../support/sample-machine.ts';
import { up } from '../pool/pool-fixture.ts';
import { PoolOperator, soon } from '../pool/pool-operator.ts';

let operator: PoolOperator;
let nobody = 0;

before(async () => {
  operator = await PoolOperator.start();
});
after(() => operator[Symbol.asyncDispose]());

async function containerOf(server: { name: string; uid?: string | undefined }, port = 10_000) {
  const { spec, access, logLevel } = sampleSettings();
  const settings = {
    spec,
    access,
    logLevel,
    server: { name: server.name, namespace: 'default', uid: server.uid ?? '' },
  };
  const claim = { uuid: SAMPLE_UUID, clientId: '1234567', clientTokenSha256: 'cd'.repeat(32) };
  return operator.harness.kube.create(VirtualMachineInstance, claimedMachine(settings, claim, port, Date.now()));
}

/** All that happened before this has been dealt with. */
async function settled(): Promise<void> {
  nobody += 1;
  const orphan = await containerOf({ name: 'nobody', uid: 'gone' }, 10_000 + nobody);
  await operator.event('Orphaned', orphan.metadata);
}

test('a container whose server does not exist is destroyed', async () => {
  const orphan = await containerOf({ name: 'ghost', uid: 'gone' });
  await operator.gone(orphan);
  assert.equal((await operator.event('Orphaned', orphan.metadata)).type, 'Warning');
});

test('so is one whose server was replaced by another of its name', async () => {
  const server = await operator.apply('again', {});
  const orphan = await containerOf({ name: 'again', uid: 'the-one-before' });
  const own = await containerOf(server.metadata, 10_001);
  await operator.event('Orphaned', orphan.metadata);
  assert.deepEqual(
    operator.machines('again').map(({ metadata }) => metadata.uid),
    [own.metadata.uid],
  );
});

test('a container whose node is lost is destroyed, and loses its way in', async () => {
  const server = await operator.apply('lost', {});
  const vmi = await containerOf(server.metadata);
  const { kube, caches } = operator.harness;
  const labels = { 'anweddol.io/state': 'ready' };
  const interfaces = [{ name: 'default', ipAddress: '10.244.9.9' }];
  await kube.mergePatch(VirtualMachineInstance, vmi.metadata, { metadata: { labels }, status: { ...up, interfaces } });
  await caches.slices.waitFor((store) => store.get('default/lost-10000'), soon());
  await operator.becomes(vmi, { phase: 'Failed', reason: 'NodeUnresponsive' });
  await operator.gone(vmi);
  await operator.event('NodeLost', vmi.metadata);
  await caches.slices.waitFor((store) => (store.get('default/lost-10000') ? undefined : true), soon());
  assert.equal(await kube.get(EndpointSlice, vmi.metadata), undefined);
});

test('a container that its client has destroyed is nothing to report', async () => {
  const server = await operator.apply('destroyed', {});
  const vmi = await containerOf(server.metadata);
  const { uid = '' } = vmi.metadata;
  await operator.harness.kube.delete(VirtualMachineInstance, vmi.metadata, { uid, propagation: 'Background' });
  await operator.gone(vmi);
  await settled();
  assert.deepEqual(
    operator.events.list().filter(({ regarding }) => regarding?.uid === uid),
    [],
  );
});

test('while a server is paused, what boots for it has its deadlines all the same', async () => {
  await operator.serve('paused', { warm: 1 });
  const [vmi] = await operator.until('paused', 'booting', 1);
  assert.ok(vmi);
  await operator.apply('paused', { warm: 1 }, { paused: true });
  await operator.status('paused', ({ phase }) => phase === 'Paused');
  await operator.annotate(vmi, { [ANNOTATION_START_BY]: new Date(Date.now()).toISOString() });
  await operator.gone(vmi);
  await settled();
  assert.deepEqual(operator.machines('paused'), []);
});

test('a machine that boots when its server is paused is looked at then', async () => {
  await operator.serve('pausing', { warm: 1 });
  const [vmi] = await operator.until('pausing', 'booting', 1);
  assert.ok(vmi);
  await operator.annotate(vmi, { [ANNOTATION_START_BY]: new Date(Date.now() + 300).toISOString() });
  await operator.apply('pausing', { warm: 1 }, { paused: true });
  await operator.gone(vmi);
});

test('nothing is removed that has changed since it was judged', async () => {
  const server = await operator.apply('judged', {});
  const { clock, log, caches, kube } = operator.harness;
  const vmi = await containerOf(server.metadata);
  const late = { [ANNOTATION_START_BY]: new Date(0).toISOString() };
  const stale = new ObjectStore<VirtualMachineInstance>({ log });
  stale.replace([{ ...vmi, metadata: { ...vmi.metadata, annotations: { ...vmi.metadata.annotations, ...late } } }]);
  await operator.annotate(vmi, { changed: 'yes' });
  const told: string[] = [];
  const events = { event: (_: unknown, { reason }: { reason: string }) => void told.push(reason) };
  const run = { refusals: new Refusals(clock), stuck: new StuckContainers(), events };
  const context = { kube, clock, log, caches: { ...caches, machines: stale }, ...run };
  assert.deepEqual(await reconcileContainer('default/judged-10000', context, soon()), { again: true, afterMs: 1_000 });
  assert.deepEqual(told, []);
  assert.equal((await kube.get(VirtualMachineInstance, vmi.metadata))?.metadata.deletionTimestamp, undefined);
});

test('a container whose server is not in the cache yet is nobody’s orphan', async () => {
  const { clock, log, caches, kube } = operator.harness;
  const server = await operator.apply('new', {});
  const vmi = await containerOf(server.metadata);
  const machines = new ObjectStore<VirtualMachineInstance>({ log });
  machines.replace([vmi]);
  const servers = new ObjectStore<AnweddolServer>({ log });
  servers.replace([]);
  const run = { refusals: new Refusals(clock), stuck: new StuckContainers(), events: { event: () => {} } };
  await reconcileContainer(
    'default/new-10000',
    { kube, clock, log, caches: { ...caches, machines, servers }, ...run },
    soon(),
  );
  assert.equal((await kube.get(VirtualMachineInstance, vmi.metadata))?.metadata.uid, vmi.metadata.uid);
});

test('a container whose way in is refused has its end all the same', async () => {
  const server = await operator.apply('refused', {});
  const { clock, log, caches, kube } = operator.harness;
  const made = await containerOf(server.metadata);
  const interfaces = [{ name: 'default', ipAddress: '10.244.9.9' }];
  const metadata = {
    labels: { 'anweddol.io/state': 'ready' },
    annotations: { [ANNOTATION_EXPIRES_AT]: new Date(Date.now() + 60_000).toISOString() },
  };
  const status = { ...up, interfaces };
  const ready = await kube.mergePatch(VirtualMachineInstance, made.metadata, { metadata, status });
  const machines = new ObjectStore<VirtualMachineInstance>({ log });
  machines.replace([ready]);
  const slices = new ObjectStore<EndpointSlice>({ log });
  const refusal = new KubeError({ code: 403, reason: 'Forbidden', message: 'exceeded quota' });
  const refusing: typeof kube = { ...kube, apply: () => Promise.reject(refusal) };
  const run = { refusals: new Refusals(clock), stuck: new StuckContainers(), events: { event: () => {} } };
  const later = { ...clock, now: () => clock.now() + 120_000 };
  const context = { kube: refusing, log, caches: { ...caches, machines, slices }, ...run };
  await assert.rejects(reconcileContainer('default/refused-10000', { ...context, clock }, soon()), /exceeded quota/);
  await reconcileContainer('default/refused-10000', { ...context, clock: later }, soon());
  await operator.gone(made);
});
