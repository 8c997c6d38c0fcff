import assert from 'node:assert/strict';
import { after, before, test } from 'node:test';
import { ANNOTATION_EXPIRES_AT, LABEL_STATE } from '../../../src/api/names.ts';
import { AnweddolServer } from '../../../src/api/resources.ts';
import {
  Deployment,
  EndpointSlice,
  Event,
  Pod,
  Secret,
  Service,
  VirtualMachineInstance,
} from '../../../src/kube/resources.ts';
import { watched } from '../../../src/kube/watched.ts';
import { claimedMachine } from '../../../src/virtualization/kubevirt/machine.ts';
import { startOperatorHarness } from '../../support/operator-harness.ts';
import { SAMPLE_UUID, sampleSettings } from '../../support/sample-machine.ts';

const DIGEST = 'ab'.repeat(32);
const soon = () => AbortSignal.timeout(20_000);
const lab = { namespace: 'default', name: 'lab' };
let operator: Awaited<ReturnType<typeof startOperatorHarness>>;

before(async () => {
  operator = await startOperatorHarness();
});
after(() => operator[Symbol.asyncDispose]());

async function applyLab(spec: object): Promise<AnweddolServer> {
  const manifest = { apiVersion: 'anweddol.io/v1alpha1', kind: 'AnweddolServer', metadata: lab, spec };
  return operator.kube.apply(AnweddolServer, manifest as unknown as AnweddolServer, {
    fieldManager: 'test',
    force: true,
  });
}

/** What a node does with the check of the ISO. */
async function isoCheckEnds(message: string): Promise<void> {
  const pod = await operator.caches.pods.waitFor((store) => store.list()[0], soon());
  const terminated = { exitCode: 0, message, finishedAt: new Date().toISOString() };
  const containerStatuses = [
    { name: 'check', state: { terminated }, image: '', imageID: '', ready: false, restartCount: 0 },
  ];
  await operator.kube.mergePatch(
    Pod,
    pod.metadata,
    { status: { phase: 'Succeeded', containerStatuses } },
    { subresource: 'status' },
  );
}

test('no server pod is made before the ISO is read, and then one that knows its digest', async () => {
  const server = await applyLab({ iso: { image: 'iso:1' } });
  assert.equal(server.spec.listenPort, 6150);
  const slots = await operator.caches.services.waitFor(
    (store) => store.get('default/lab')?.spec?.ports?.length,
    soon(),
  );
  assert.equal(slots, 7);
  assert.equal(await operator.kube.get(Deployment, { ...lab, name: 'lab-server' }), undefined);
  await isoCheckEnds(DIGEST);
  await operator.caches.deployments.waitFor((store) => store.get('default/lab-server'), soon());
  const settings = await operator.caches.configMaps.waitFor((store) => store.get('default/lab-settings'), soon());
  assert.equal(JSON.parse(settings.data?.['settings.json'] ?? '').spec.iso.sha256, DIGEST);
  await operator.caches.pods.waitFor((store) => store.list().length === 0 || undefined, soon());
});

test('the key of a server is made once, and its fingerprint stands in the status', async () => {
  const sha256 = await operator.caches.servers.waitFor(
    (store) => store.get('default/lab')?.status?.publicKey?.sha256,
    soon(),
  );
  assert.match(sha256, /^[0-9a-f]{64}$/);
  const secret = await operator.kube.get(Secret, { ...lab, name: 'lab-key' });
  assert.equal(secret?.immutable, true);
  assert.equal(Buffer.from(secret?.data?.['public.pem'] ?? '', 'base64').length, 800);
});

test('what somebody changes is put right, and nothing is written when nothing differs', async () => {
  const before = await operator.kube.get(Service, lab);
  await operator.kube.mergePatch(Service, lab, { spec: { ports: before?.spec?.ports?.slice(0, 2) } });
  const mended = await operator.caches.services.waitFor((store) => {
    const service = store.get('default/lab');
    return service &&
      service.metadata.resourceVersion !== before?.metadata.resourceVersion &&
      service.spec?.ports?.length === 7
      ? service
      : undefined;
  }, soon());
  const server = await operator.kube.get(AnweddolServer, lab);
  await operator.kube.mergePatch(AnweddolServer, lab, { metadata: { labels: { touched: 'yes' } } });
  await applyLab({ iso: { image: 'iso:1' }, replicas: 3 });
  await operator.caches.deployments.waitFor(
    (store) => store.get('default/lab-server')?.spec?.replicas === 3 || undefined,
    soon(),
  );
  const service = await operator.kube.get(Service, lab);
  assert.equal(service?.metadata.resourceVersion, mended.metadata.resourceVersion);
  assert.equal(server?.status?.phase, 'Pending');
});

test('a ready container gets its way in, and loses it and its life when it expires', async () => {
  const server = await operator.kube.get(AnweddolServer, lab);
  const settings = sampleSettings();
  const ours = { ...settings, server: { ...lab, uid: server?.metadata.uid ?? '' } };
  const claim = { uuid: SAMPLE_UUID, clientId: '1234567', clientTokenSha256: 'cd'.repeat(32) };
  const vmi = await operator.kube.create(VirtualMachineInstance, claimedMachine(ours, claim, 10_000, Date.now()));
  const status = { phase: 'Running', interfaces: [{ name: 'default', ipAddress: '10.244.9.9' }] };
  await operator.kube.mergePatch(VirtualMachineInstance, vmi.metadata, {
    metadata: { labels: { [LABEL_STATE]: 'ready' } },
    status,
  });
  const slice = await operator.caches.slices.waitFor((store) => store.get('default/lab-10000'), soon());
  assert.deepEqual(slice.endpoints?.[0]?.addresses, ['10.244.9.9']);
  await operator.caches.servers.waitFor((store) => store.get('default/lab')?.status?.containers?.running, soon());

  const expired = { metadata: { annotations: { [ANNOTATION_EXPIRES_AT]: new Date(Date.now() + 200).toISOString() } } };
  await operator.kube.mergePatch(VirtualMachineInstance, vmi.metadata, expired);
  await operator.caches.machines.waitFor((store) => store.list().length === 0 || undefined, soon());
  await operator.caches.slices.waitFor((store) => store.list().length === 0 || undefined, soon());
  assert.equal(await operator.kube.get(EndpointSlice, vmi.metadata), undefined);
  const stop = new AbortController();
  after(() => stop.abort());
  const watching = { clock: operator.clock, log: operator.log, signal: stop.signal };
  const events = watched(operator.kube, Event, { namespace: 'default' }, watching);
  const told = await events.waitFor((store) => store.list().find(({ reason }) => reason === 'Expired'), soon());
  assert.deepEqual([told.regarding?.name, told.regarding?.uid], ['lab-10000', vmi.metadata.uid]);
  assert.equal(told.note, 'The container was destroyed: its lifetime is over.');
});

test('a paused server is left alone', async () => {
  await applyLab({ iso: { image: 'iso:1' }, replicas: 3, paused: true });
  await operator.caches.servers.waitFor(
    (store) => store.get('default/lab')?.status?.phase === 'Paused' || undefined,
    soon(),
  );
  await operator.kube.delete(Service, lab);
  await applyLab({ iso: { image: 'iso:1' }, replicas: 3, paused: true, clientTimeoutSeconds: 11 });
  await operator.caches.servers.waitFor(
    (store) => store.get('default/lab')?.status?.observedGeneration === 4 || undefined,
    soon(),
  );
  assert.equal(await operator.kube.get(Service, lab), undefined);
});

test('a server that a finalizer holds shows that it is being deleted, until it goes', async () => {
  const held = { namespace: 'default', name: 'held' };
  const manifest = { apiVersion: 'anweddol.io/v1alpha1', kind: 'AnweddolServer', spec: { iso: { image: 'iso:1' } } };
  const metadata = { ...held, finalizers: ['example.com/hold'] };
  await operator.kube.create(AnweddolServer, { ...manifest, metadata } as unknown as AnweddolServer);
  await operator.kube.delete(AnweddolServer, held);
  const { servers } = operator.caches;
  const status = await servers.waitFor((store) => {
    const found = store.get('default/held')?.status;
    return found?.phase === 'Deleting' ? found : undefined;
  }, soon());
  const generation = (await operator.kube.get(AnweddolServer, held))?.metadata.generation;
  assert.equal(status.observedGeneration, generation);
  await operator.kube.mergePatch(AnweddolServer, held, { metadata: { finalizers: [] } });
  await servers.waitFor((store) => (store.get('default/held') ? undefined : true), soon());
});
