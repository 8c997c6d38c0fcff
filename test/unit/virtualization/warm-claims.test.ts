import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import {
  ANNOTATION_CLIENT_ID,
  ANNOTATION_CLIENT_TOKEN_SHA256,
  ANNOTATION_DELIVER_BY,
  LABEL_STATE,
} from '../../../src/api/names.ts';
import { KubeError } from '../../../src/kube/errors.ts';
import { VirtualMachineInstance } from '../../../src/kube/resources.ts';
import type { Store } from '../../../src/kube/store.ts';
import type { ContainerRecord } from '../../../src/virtualization/container-backend.ts';
import { ContainerInstance } from '../../../src/virtualization/container-instance.ts';
import { VirtualizationInterface } from '../../../src/virtualization/virtualization-interface.ts';
import { claimOf, type Pod, settingsOf, soon, startClaims, warmClaim } from './claim-fixture.ts';

/** A cache that stays as it is now. */
function frozen(machines: Store<VirtualMachineInstance>): Store<VirtualMachineInstance> {
  const now = machines.list();
  return { ...machines, list: () => now, synced: async () => undefined, get: (key) => machines.get(key) };
}

/** Whoever claims gets a warm container, or a cold one, or nothing. */
async function take({ backend }: Pod): Promise<ContainerRecord | undefined> {
  try {
    return (await backend.claimWarm(warmClaim, soon())) ?? (await backend.claim(claimOf(randomUUID()), soon()));
  } catch (error) {
    assert.equal(error instanceof Error && 'code' in error && error.code, 'NoFreeSlot');
    return undefined;
  }
}

const seesWarm = (pod: Pod, amount: number) =>
  pod.machines.waitFor((store) => store.list().length === amount || undefined, soon());

test('three server pods that claim warm and cold at once hand each container out once, and never make too many', async () => {
  await using claims = await startClaims(80);
  const warm = await Promise.all(Array.from({ length: 50 }, (_, slot) => claims.warm(10_000 + slot)));
  const pods = await Promise.all([claims.pod(), claims.pod(), claims.pod()]);
  await Promise.all(pods.map((pod) => seesWarm(pod, 50)));
  const taken = await Promise.all(Array.from({ length: 120 }, (_, index) => take(pods[index % 3] as Pod)));
  const got = taken.filter((record) => record !== undefined);
  // A claim may find that every slot it knew of is taken while another pod's slot is not seen yet; the next one gets it.
  for (const pod of pods) await seesWarm(pod, new Set(got.map(({ uuid }) => uuid)).size);
  for (let more = await take(pods[0] as Pod); more; more = await take(pods[0] as Pod)) got.push(more);
  assert.equal(got.length, 80);
  assert.equal(new Set(got.map(({ uuid }) => uuid)).size, 80);
  assert.equal(new Set(got.map(({ listenPort }) => listenPort)).size, 80);
  const warmUids = new Set(warm.map(({ metadata }) => metadata.uid));
  assert.deepEqual(
    got.filter(({ isWarm }) => isWarm).map(({ instanceId }) => warmUids.delete(instanceId)),
    Array.from({ length: 50 }, () => true),
  );
  assert.equal(Math.max(...(await claims.counts())), 80);
  for (const record of got.filter(({ isWarm }) => isWarm)) {
    const stored = await claims.kube.get(VirtualMachineInstance, {
      namespace: 'default',
      name: `lab-${record.listenPort}`,
    });
    assert.equal(stored?.metadata.annotations?.[ANNOTATION_CLIENT_TOKEN_SHA256], `of ${record.uuid}`);
  }
});

test('a claim writes whose the machine is, its deadlines, and tells the UUID and the ISO that it booted', async () => {
  await using claims = await startClaims(3);
  const older = settingsOf({ maxRunning: 3 });
  older.spec.iso.sha256 = '99'.repeat(32);
  const vmi = await claims.warm(10_001, { settings: older });
  const pod = await claims.pod();
  await seesWarm(pod, 1);
  const container = await new VirtualizationInterface(pod.backend).createContainer(
    { clientId: '7654321', tokenFor: async () => 'token' },
    soon(),
  );
  assert.equal(container.getUUID(), vmi.spec.domain.firmware?.uuid);
  assert.equal(container.getISOChecksum(), '99'.repeat(32));
  assert.equal(container.getListenPort(), 10_001);
  assert.equal(container.isWarm(), true);
  const { labels, annotations } = (await claims.kube.get(VirtualMachineInstance, vmi.metadata))?.metadata ?? {};
  assert.equal(labels?.[LABEL_STATE], 'claimed');
  assert.equal(annotations?.[ANNOTATION_CLIENT_ID], '7654321');
  assert.ok(annotations?.[ANNOTATION_DELIVER_BY]);
  const found = await new VirtualizationInterface(pod.backend).getContainer(container.getUUID(), soon());
  assert.equal(found?.isOwnedBy('token'), true);
});

test('who sees an old cache loses each race, and takes what is left', async () => {
  await using claims = await startClaims(4);
  for (const slot of [0, 1, 2]) await claims.warm(10_000 + slot);
  const fresh = await claims.pod();
  await seesWarm(fresh, 3);
  const stale = await claims.pod({ machines: frozen(fresh.machines) });
  const first = await fresh.backend.claimWarm(warmClaim, soon());
  const second = await fresh.backend.claimWarm(warmClaim, soon());
  assert.ok(first && second);
  await fresh.backend.destroy(first, soon());
  const left = await stale.backend.claimWarm(warmClaim, soon());
  assert.ok(left);
  assert.equal(new Set([first, second, left].map(({ uuid }) => uuid)).size, 3);
  assert.equal(await stale.backend.claimWarm(warmClaim, soon()), undefined);
  const cold = await stale.backend.claim(claimOf(randomUUID()), soon());
  assert.equal(cold.listenPort, 10_003);
});

test('a later machine in the slot of a warm one is never taken for it', async () => {
  await using claims = await startClaims(1);
  const gone = await claims.warm(10_000);
  const fresh = await claims.pod();
  await seesWarm(fresh, 1);
  const stale = await claims.pod({ machines: frozen(fresh.machines) });
  await claims.kube.delete(VirtualMachineInstance, gone.metadata);
  const later = await claims.warm(10_000);
  assert.equal(await stale.backend.claimWarm(warmClaim, soon()), undefined);
  const stored = await claims.kube.get(VirtualMachineInstance, later.metadata);
  assert.equal(stored?.metadata.labels?.[LABEL_STATE], 'warm');
});

test('a warm container that nobody has claimed is unknown to DESTROY, whatever the token', async () => {
  await using claims = await startClaims(1);
  const vmi = await claims.warm(10_000);
  const { backend } = await claims.pod();
  const uuid = vmi.spec.domain.firmware?.uuid ?? '';
  assert.equal(await backend.find(uuid, soon()), undefined);
  const nobodys = { uuid, listenPort: 10_000, instanceId: '', clientTokenSha256: '' };
  assert.equal(new ContainerInstance(backend, nobodys).isOwnedBy(''), false);
});

test('a claim whose answer is lost counts when it was made all the same', async () => {
  await using claims = await startClaims(2);
  const vmi = await claims.warm(10_000);
  const lost = new KubeError({ code: 0, reason: 'ConnectionReset', message: 'PATCH: connection reset' });
  const kube = {
    ...claims.kube,
    jsonPatch: async (...given: Parameters<typeof claims.kube.jsonPatch>) => {
      await claims.kube.jsonPatch(...given);
      throw lost;
    },
  } as typeof claims.kube;
  const pod = await claims.pod({ kube });
  await seesWarm(pod, 1);
  const record = await pod.backend.claimWarm(warmClaim, soon());
  assert.equal(record?.instanceId, vmi.metadata.uid);
});

test('a claim that was not made is an error, and its machine can be claimed later', async () => {
  await using claims = await startClaims(2);
  await claims.warm(10_000);
  let isDown = true;
  const kube = {
    ...claims.kube,
    jsonPatch: async (...given: Parameters<typeof claims.kube.jsonPatch>) => {
      if (isDown) throw new KubeError({ code: 503, reason: 'ServiceUnavailable', message: 'no' });
      return claims.kube.jsonPatch(...given);
    },
  } as typeof claims.kube;
  const pod = await claims.pod({ kube });
  await seesWarm(pod, 1);
  await assert.rejects(pod.backend.claimWarm(warmClaim, soon()), { code: 'StartFailed' });
  isDown = false;
  assert.ok(await pod.backend.claimWarm(warmClaim, soon()));
});

test('what is available are free slots and warm containers; one that was claimed is neither', async () => {
  await using claims = await startClaims(3);
  await claims.warm(10_000);
  const pod = await claims.pod();
  await seesWarm(pod, 1);
  assert.equal(pod.backend.available(), 3);
  const claimed = pod.backend.claimWarm(warmClaim, soon());
  assert.equal(pod.backend.available(), 2);
  await claimed;
  assert.equal(pod.backend.available(), 2);
});

test('a warm machine that is being removed is not claimed, though the cache does not know', async () => {
  await using claims = await startClaims(3);
  const vmi = await claims.warm(10_000);
  const pod = await claims.pod();
  await seesWarm(pod, 1);
  const stale = await claims.pod({ machines: frozen(pod.machines) });
  const finalizers = ['test.anweddol.io/goodbye'];
  await claims.kube.mergePatch(VirtualMachineInstance, vmi.metadata, { metadata: { finalizers } });
  await claims.kube.delete(VirtualMachineInstance, vmi.metadata);
  assert.equal(await stale.backend.claimWarm(warmClaim, soon()), undefined);
});
