/** What a later release has written, when the operator of this one takes over. */
import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ANNOTATION_START_BY, FIELD_MANAGER, LABEL_SERVER, LABEL_STATE } from '../../src/api/names.ts';
import { AnweddolServer } from '../../src/api/resources.ts';
import { Deployment, EndpointSlice, Pod, VirtualMachineInstance } from '../../src/kube/resources.ts';
import { fateOf } from '../../src/operator/container-end.ts';
import { claimedMachine } from '../../src/virtualization/kubevirt/machine.ts';
import { SAMPLE_UUID, sampleSettings } from '../support/sample-machine.ts';
import {
  eventually,
  type Ground,
  ISO_READ,
  type Life,
  NAMESPACE,
  raw,
  reasonIs,
  soon,
  startGround,
  stored,
} from './ground.ts';

const lab = { namespace: NAMESPACE, name: 'lab' };
const pods = { namespace: NAMESPACE, name: 'lab-server' };
let on: Ground;
let life: Life | undefined;

before(async () => {
  on = await startGround();
  const server = await stored(on.kube, 'lab', {});
  life = on.operator();
  const check = await life.caches.pods.waitFor(
    (store) => store.list().find(({ metadata }) => metadata.labels?.[LABEL_SERVER] === 'lab'),
    soon(),
  );
  await on.kube.mergePatch(Pod, check.metadata, ISO_READ, { subresource: 'status' });
  await life.caches.deployments.waitFor((store) => store.get(`${NAMESPACE}/lab-server`), soon());
  await containerOf(server);
  await life.caches.slices.waitFor((store) => store.get(`${NAMESPACE}/lab-10000`), soon());
  await life.end();
});
after(async () => {
  await life?.end();
  await on[Symbol.asyncDispose]();
});

/** A container that a client has, with marks that this release does not know. */
async function containerOf(server: AnweddolServer): Promise<void> {
  const settings = { ...sampleSettings(), server: { ...lab, uid: server.metadata.uid ?? '' } };
  const claim = { uuid: SAMPLE_UUID, clientId: '1234567', clientTokenSha256: 'cd'.repeat(32) };
  const vmi = claimedMachine(settings, claim, 10_000, Date.now());
  await on.kube.create(VirtualMachineInstance, vmi);
  await on.kube.mergePatch(VirtualMachineInstance, vmi.metadata, {
    metadata: {
      labels: { [LABEL_STATE]: 'ready', 'anweddol.io/mood': 'good' },
      annotations: { 'anweddol.io/delivered-at': new Date().toISOString(), 'anweddol.io/mood': 'good' },
    },
    status: { phase: 'Running', interfaces: [{ name: 'default', ipAddress: '10.244.9.9' }] },
  });
}

test('what a later release has put on the server pods goes, and what others have put there stays', async () => {
  const live = await on.kube.get(Deployment, pods);
  assert.ok(live);
  const { apiVersion, kind, metadata, spec } = structuredClone(live);
  const [container] = spec?.template.spec?.containers ?? [];
  container?.env?.push({ name: 'LATER', value: 'yes' });
  const annotations = { ...metadata.annotations, 'anweddol.io/applied-sha256': 'that of a later release' };
  const { name, namespace = '', labels = {}, ownerReferences = [] } = metadata;
  const later = { apiVersion, kind, metadata: { name, namespace, labels, ownerReferences, annotations }, spec };
  await on.kube.apply(Deployment, later as Deployment, { fieldManager: FIELD_MANAGER, force: true });
  await on.kube.mergePatch(Deployment, pods, { metadata: { annotations: { 'example.org/note': 'mine' } } });

  life = on.operator();
  await eventually(async () => {
    const now = await on.kube.get(Deployment, pods);
    const env = now?.spec?.template.spec?.containers[0]?.env ?? [];
    assert.ok(env.length > 0 && !env.some((one) => one.name === 'LATER'));
    assert.equal(now?.metadata.annotations?.['example.org/note'], 'mine');
  });
});

test('conditions that a later release has told go, and those of others stay', async () => {
  await life?.end();
  const { metadata, status } = await raw(on.kube, 'lab');
  const condition = (type: string) => ({
    type,
    status: 'True' as const,
    reason: 'Told',
    message: '',
    lastTransitionTime: '2026-01-01T00:00:00Z',
  });
  const { apiVersion, kind } = { apiVersion: 'anweddol.io/v1alpha1', kind: 'AnweddolServer' };
  const tell = (fieldManager: string, told: object) =>
    on.kube.apply(AnweddolServer, { apiVersion, kind, metadata: lab, status: told } as unknown as AnweddolServer, {
      fieldManager,
      force: true,
      subresource: 'status',
    });
  await tell(FIELD_MANAGER, { ...status, conditions: [...(status?.conditions ?? []), condition('LaterReady')] });
  await tell('somebody', { conditions: [condition('Audited')] });
  assert.notEqual((await raw(on.kube, 'lab')).metadata.resourceVersion, metadata.resourceVersion);

  life = on.operator();
  await eventually(async () => {
    const types = (await raw(on.kube, 'lab')).status?.conditions?.map(({ type }) => type) ?? [];
    assert.ok(types.includes('Ready') && types.includes('Audited') && !types.includes('LaterReady'), types.join(' '));
  });
});

test('a container that a client has is left as it is, with its way in, whoever wrote on it', async () => {
  const name = { namespace: NAMESPACE, name: 'lab-10000' };
  const [vmi, slice] = [await on.kube.get(VirtualMachineInstance, name), await on.kube.get(EndpointSlice, name)];
  assert.equal(vmi?.metadata.labels?.['anweddol.io/mood'], 'good');
  await life?.end();
  life = on.operator();
  await reasonIs(life, 'lab', 'IsoReady', 'IsoVerified');
  await life.caches.machines.synced(soon());
  const [vmiNow, sliceNow] = [await on.kube.get(VirtualMachineInstance, name), await on.kube.get(EndpointSlice, name)];
  assert.deepEqual(
    [vmiNow?.metadata.resourceVersion, sliceNow?.metadata.resourceVersion],
    [vmi?.metadata.resourceVersion, slice?.metadata.resourceVersion],
  );
});

test('a container in a state that this release does not know has its start deadline', () => {
  const claim = { uuid: SAMPLE_UUID, clientId: '1234567', clientTokenSha256: 'cd'.repeat(32) };
  const vmi = claimedMachine(sampleSettings(), claim, 10_000, 0);
  vmi.metadata.labels = { ...vmi.metadata.labels, [LABEL_STATE]: 'suspended' };
  const startBy = Date.parse(vmi.metadata.annotations?.[ANNOTATION_START_BY] ?? '');
  assert.deepEqual(fateOf(vmi, 0), { over: false, at: startBy, reason: 'StartDeadline' });
  assert.deepEqual(fateOf(vmi, startBy), { over: true, reason: 'StartDeadline' });
});
