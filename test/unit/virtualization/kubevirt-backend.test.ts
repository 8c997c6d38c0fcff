import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { ANNOTATION_DELIVERED_AT, LABEL_SERVER, LABEL_STATE } from '../../../src/api/names.ts';
import { KubeError } from '../../../src/kube/errors.ts';
import { EndpointSlice, Secret, VirtualMachineInstance } from '../../../src/kube/resources.ts';
import type { ContainerRecord } from '../../../src/virtualization/container-backend.ts';
import { ADDRESS, type ClaimFixture, claimOf, soon, startClaims, UP } from './claim-fixture.ts';

const credentials = {
  username: 'user_12345',
  password: 'p'.repeat(120),
  hostKeyFingerprint: `SHA256:${'A'.repeat(43)}`,
};
const claim = () => claimOf(randomUUID());
const nameOf = (record: ContainerRecord) => ({ namespace: 'default', name: `lab-${record.listenPort}` });

async function setStatus({ kube }: ClaimFixture, record: ContainerRecord, status: object): Promise<void> {
  await kube.mergePatch(VirtualMachineInstance, nameOf(record), { status });
}

/** What the operator does for a container that is ready. */
async function openWayIn({ kube }: ClaimFixture, record: ContainerRecord): Promise<void> {
  const owner = { apiVersion: 'kubevirt.io/v1', kind: 'VirtualMachineInstance', uid: record.instanceId };
  const { name, namespace } = nameOf(record);
  await kube.create(EndpointSlice, {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name, namespace, labels: { [LABEL_SERVER]: 'lab' }, ownerReferences: [{ ...owner, name }] },
    addressType: 'IPv4',
    endpoints: [{ addresses: [ADDRESS] }],
  });
}

test('a machine that runs tells its address; one that is deleted meanwhile fails the start', async () => {
  await using claims = await startClaims(2);
  const { backend, machines } = await claims.pod();
  const [good, bad] = [await backend.claim(claim(), soon()), await backend.claim(claim(), soon())];
  const started = backend.started(good, soon());
  await machines.waitFor((store) => store.list().length === 2 || undefined, soon());
  const failed = assert.rejects(backend.started(bad, soon()), { code: 'StartFailed' });
  await setStatus(claims, good, UP);
  await claims.kube.delete(VirtualMachineInstance, nameOf(bad));
  assert.deepEqual(await started, { address: ADDRESS });
  await failed;
});

test('a start that takes too long says so', async () => {
  await using claims = await startClaims(1);
  const { backend } = await claims.pod();
  const record = await backend.claim(claim(), soon());
  await assert.rejects(backend.started(record, AbortSignal.timeout(50)), { code: 'StartTimeout' });
});

test('a machine that no node has room for is waited for, and the timeout tells why', async () => {
  await using claims = await startClaims(1);
  const { backend, machines } = await claims.pod();
  const record = await backend.claim(claim(), soon());
  const conditions = [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable' }];
  await setStatus(claims, record, { phase: 'Scheduling', conditions });
  await machines.waitFor((store) => store.list()[0]?.status?.conditions?.length, soon());
  const limit = new AbortController();
  const started = assert.rejects(backend.started(record, limit.signal), { code: 'Unschedulable' });
  limit.abort(new Error('too long'));
  await started;
});

test('a machine whose pod exceeds a quota fails at once', async () => {
  await using claims = await startClaims(1);
  const { backend } = await claims.pod();
  const record = await backend.claim(claim(), soon());
  const message = 'pods "virt-launcher-lab-10000-x" is forbidden: exceeded quota: memory';
  const conditions = [{ type: 'Synchronized', status: 'False', reason: 'FailedCreate', message }];
  const started = assert.rejects(backend.started(record, soon()), { code: 'QuotaExceeded' });
  await setStatus(claims, record, { phase: 'Pending', conditions });
  await started;
});

test('handing over stores the credentials, marks the container ready, and waits for the way in', async () => {
  await using claims = await startClaims(1);
  claims.settings.current.address = { host: 'lab.example.org' };
  const { backend, machines } = await claims.pod();
  const record = await backend.claim(claim(), soon());
  let isOver = false;
  const handedOver = backend.handOver(record, credentials, soon()).then(() => {
    isOver = true;
  });
  await machines.waitFor((store) => store.list()[0]?.metadata.labels?.[LABEL_STATE] === 'ready' || undefined, soon());
  assert.equal(isOver, false);
  await openWayIn(claims, record);
  await handedOver;
  const name = `${nameOf(record).name}-${record.uuid.slice(0, 8)}`;
  const secret = await claims.kube.get(Secret, { namespace: 'default', name });
  const told = Object.entries(secret?.data ?? {}).map(([key, value]) => [key, Buffer.from(value, 'base64').toString()]);
  assert.deepEqual(Object.fromEntries(told), {
    ...credentials,
    address: 'lab.example.org',
    port: String(record.listenPort),
  });
  assert.equal(secret?.immutable, true);
  assert.equal(secret?.metadata.ownerReferences?.[0]?.uid, record.instanceId);
  await backend.delivered(record, soon());
  const delivered = await claims.kube.get(VirtualMachineInstance, nameOf(record));
  assert.ok(delivered?.metadata.annotations?.[ANNOTATION_DELIVERED_AT]);
});

test('a machine that went away before it was handed over fails as one that did not start', async () => {
  await using claims = await startClaims(1);
  const { backend } = await claims.pod();
  const record = await backend.claim(claim(), soon());
  await claims.kube.delete(VirtualMachineInstance, nameOf(record));
  await assert.rejects(backend.handOver(record, credentials, soon()), { code: 'StartFailed' });
});

test('a machine that goes away while it waits for its endpoint is not waited for', async () => {
  await using claims = await startClaims(1);
  const { backend, machines } = await claims.pod();
  const record = await backend.claim(claim(), soon());
  const failed = assert.rejects(backend.handOver(record, credentials, soon()), { code: 'StartFailed' });
  await machines.waitFor((store) => store.list()[0]?.metadata.labels?.[LABEL_STATE] === 'ready' || undefined, soon());
  await claims.kube.delete(VirtualMachineInstance, nameOf(record));
  await failed;
});

test('credentials that may not be stored are a fault of ours, and over a quota one of the platform', async () => {
  await using claims = await startClaims(1);
  const refusal = { code: 403, reason: 'Forbidden', message: 'secrets is forbidden' };
  let error = new KubeError(refusal);
  const create = async (...given: Parameters<typeof claims.kube.create>) => {
    if (given[0].kind === 'Secret') throw error;
    return claims.kube.create(...given);
  };
  const { backend } = await claims.pod({ kube: { ...claims.kube, create } as typeof claims.kube });
  const record = await backend.claim(claim(), soon());
  await assert.rejects(backend.handOver(record, credentials, soon()), error);
  error = new KubeError({ ...refusal, message: 'secrets is forbidden: exceeded quota: objects' });
  await assert.rejects(backend.handOver(record, credentials, soon()), { code: 'QuotaExceeded' });
});

test('a container is found by its uuid from any server pod, and only while it lives', async () => {
  await using claims = await startClaims(1);
  const [one, other] = await Promise.all([claims.pod(), claims.pod()]);
  const record = await one.backend.claim(claim(), soon());
  assert.deepEqual(await other.backend.find(record.uuid, soon()), record);
  assert.equal(await other.backend.find(randomUUID(), soon()), undefined);
  await other.backend.destroy(record, soon());
  assert.equal(await one.backend.find(record.uuid, soon()), undefined);
});

test('destroying twice is fine, and never hits a later machine in the same slot', async () => {
  await using claims = await startClaims(1);
  const { backend, machines } = await claims.pod();
  const first = await backend.claim(claim(), soon());
  await machines.waitFor((store) => store.list().length === 1 || undefined, soon());
  await backend.destroy(first, soon());
  await backend.destroy(first, soon());
  await machines.waitFor((store) => store.list().length === 0 || undefined, soon());
  const second = await backend.claim(claim(), soon());
  assert.equal(second.listenPort, first.listenPort);
  await backend.destroy(first, soon());
  await assert.rejects(backend.delivered(first, soon()));
  assert.deepEqual(await backend.find(second.uuid, soon()), second);
});
