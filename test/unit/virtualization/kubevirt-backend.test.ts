import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { after, afterEach, before, test } from 'node:test';
import { ANNOTATION_DELIVERED_AT, LABEL_SERVER, LABEL_STATE } from '../../../src/api/names.ts';
import { AnweddolServer } from '../../../src/api/resources.ts';
import { EndpointSlice, Secret, VirtualMachineInstance } from '../../../src/kube/resources.ts';
import { watched } from '../../../src/kube/watched.ts';
import type { ContainerRecord } from '../../../src/virtualization/container-backend.ts';
import { KubeVirtBackend } from '../../../src/virtualization/kubevirt/kubevirt-backend.ts';
import { startOperatorHarness } from '../../support/operator-harness.ts';
import { sampleSettings } from '../../support/sample-machine.ts';

const MAX = 3;
const ADDRESS = '10.244.9.9';
const credentials = {
  username: 'user_12345',
  password: 'p'.repeat(120),
  hostKeyFingerprint: `SHA256:${'A'.repeat(43)}`,
};
const soon = () => AbortSignal.timeout(10_000);
const claim = () => ({ uuid: randomUUID(), clientId: '1234567', clientTokenSha256: 'cd'.repeat(32) });
let operator: Awaited<ReturnType<typeof startOperatorHarness>>;
/** Two server pods of one server. */
let pods: KubeVirtBackend[];
const stop = new AbortController();

before(async () => {
  operator = await startOperatorHarness();
  const { kube, clock, log } = operator;
  const manifest = {
    apiVersion: 'anweddol.io/v1alpha1',
    kind: 'AnweddolServer',
    metadata: { name: 'lab', namespace: 'default' },
    spec: { iso: { image: 'iso:1' }, containers: { maxRunning: MAX } },
  };
  const stored = await kube.apply(AnweddolServer, manifest as unknown as AnweddolServer, { fieldManager: 'test' });
  const settings = sampleSettings({ containers: { maxRunning: MAX } });
  settings.server = { name: 'lab', namespace: 'default', uid: stored.metadata.uid ?? '' };
  pods = await Promise.all(
    [0, 0.5].map(async (random) => {
      const ours = { namespace: 'default', labelSelector: `${LABEL_SERVER}=lab` };
      const watching = { clock, log, signal: stop.signal };
      const machines = watched(kube, VirtualMachineInstance, ours, watching);
      const slices = watched(kube, EndpointSlice, ours, watching);
      await Promise.all([machines.synced(soon()), slices.synced(soon())]);
      return new KubeVirtBackend({
        kube,
        settings,
        endpointPassword: 'endpoint',
        machines,
        slices,
        clock,
        random: () => random,
      });
    }),
  );
});
afterEach(async () => {
  for (const vmi of (await operator.kube.list(VirtualMachineInstance, { namespace: 'default' })).items) {
    await operator.kube.delete(VirtualMachineInstance, vmi.metadata);
  }
  while (pods.some((pod) => pod.available() < MAX)) await operator.clock.sleep(10);
});
after(async () => {
  stop.abort();
  await operator[Symbol.asyncDispose]();
});

const pod = (index: number) => pods[index] as KubeVirtBackend;
const nameOf = (record: ContainerRecord) => ({ namespace: 'default', name: `lab-${record.listenPort}` });

/** What KubeVirt does once the machine is up. */
async function runs(record: ContainerRecord): Promise<void> {
  const status = { phase: 'Running', interfaces: [{ name: 'default', ipAddress: ADDRESS }] };
  await operator.kube.mergePatch(VirtualMachineInstance, nameOf(record), { status });
}

test('two server pods that claim at once never get one slot, and get all there are', async () => {
  const claims = Array.from({ length: MAX + 2 }, (_, index) => pod(index % 2).claim(claim(), soon()));
  const results = await Promise.allSettled(claims);
  const ports = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value.listenPort] : []));
  assert.deepEqual(ports.sort(), [10_000, 10_001, 10_002]);
  const refusals = results.flatMap((result) => (result.status === 'rejected' ? [result.reason.code] : []));
  assert.deepEqual(refusals, ['NoFreeSlot', 'NoFreeSlot']);
});

test('a machine that runs tells its address; one that is deleted meanwhile fails the start', async () => {
  const [good, bad] = [await pod(0).claim(claim(), soon()), await pod(0).claim(claim(), soon())];
  const started = pod(0).started(good, soon());
  const failed = assert.rejects(pod(0).started(bad, soon()), { code: 'StartFailed' });
  await runs(good);
  await operator.kube.delete(VirtualMachineInstance, nameOf(bad));
  assert.deepEqual(await started, { address: ADDRESS });
  await failed;
});

test('a start that takes too long says so', async () => {
  const record = await pod(0).claim(claim(), soon());
  await assert.rejects(pod(0).started(record, AbortSignal.timeout(50)), { code: 'StartTimeout' });
});

test('handing over stores the credentials, marks the container ready, and waits for the way in', async () => {
  const record = await pod(0).claim(claim(), soon());
  await runs(record);
  await pod(0).handOver(record, credentials, soon());
  const vmi = await operator.kube.get(VirtualMachineInstance, nameOf(record));
  assert.equal(vmi?.metadata.labels?.[LABEL_STATE], 'ready');
  assert.ok(await operator.kube.get(EndpointSlice, nameOf(record)));
  const secretName = { ...nameOf(record), name: `${nameOf(record).name}-${record.uuid.slice(0, 8)}` };
  const secret = await operator.kube.get(Secret, secretName);
  assert.equal(Buffer.from(secret?.data?.password ?? '', 'base64').toString(), credentials.password);
  assert.equal(secret?.metadata.ownerReferences?.[0]?.uid, record.instanceId);
  await pod(0).delivered(record, soon());
  const delivered = await operator.kube.get(VirtualMachineInstance, nameOf(record));
  assert.ok(delivered?.metadata.annotations?.[ANNOTATION_DELIVERED_AT]);
});

test('a container is found by its uuid from any server pod, and only while it lives', async () => {
  const record = await pod(0).claim(claim(), soon());
  assert.deepEqual(await pod(1).find(record.uuid, soon()), record);
  assert.equal(await pod(1).find(randomUUID(), soon()), undefined);
  await pod(1).destroy(record, soon());
  assert.equal(await pod(0).find(record.uuid, soon()), undefined);
});

test('destroying twice is fine, and never hits a later machine in the same slot', async () => {
  const first = await pod(0).claim(claim(), soon());
  await pod(0).destroy(first, soon());
  await pod(0).destroy(first, soon());
  while (pods.some((one) => one.available() < MAX)) await operator.clock.sleep(10);
  const second = await pod(0).claim(claim(), soon());
  assert.equal(second.listenPort, first.listenPort);
  await pod(0).destroy(first, soon());
  await assert.rejects(pod(0).delivered(first, soon()));
  assert.deepEqual(await pod(0).find(second.uuid, soon()), second);
});
