import assert from 'node:assert/strict';
import { randomUUID } from 'node:crypto';
import { test } from 'node:test';
import { KubeError } from '../../../src/kube/errors.ts';
import { VirtualMachineInstance } from '../../../src/kube/resources.ts';
import { claimOf, portOf, settingsOf, soon, startClaims } from './claim-fixture.ts';

const claim = () => claimOf(randomUUID());
const refuse = (code: number, message: string) => async () => {
  throw new KubeError({ code, reason: 'Forbidden', message });
};

test('a lowered maxRunning holds at once, and counts the machines beyond it', async () => {
  await using claims = await startClaims(4);
  const pod = await claims.pod();
  for (let slot = 0; slot < 4; slot += 1) await pod.backend.claim(claim(), soon());
  const all = await pod.machines.waitFor((store) => (store.list().length === 4 ? store.list() : undefined), soon());
  claims.settings.current = settingsOf({ maxRunning: 2 });
  assert.equal(pod.backend.available(), 0);
  const end = async (port: number, left: number) => {
    const vmi = all.find((one) => portOf(one) === port);
    await claims.kube.delete(VirtualMachineInstance, vmi?.metadata ?? { name: '' });
    await pod.machines.waitFor((store) => store.list().length === left || undefined, soon());
  };
  await end(10_000, 3);
  await end(10_001, 2);
  await assert.rejects(pod.backend.claim(claim(), soon()), { code: 'NoFreeSlot' });
  await end(10_003, 1);
  assert.equal(pod.backend.available(), 1);
  assert.equal((await pod.backend.claim(claim(), soon())).listenPort, 10_000);
  claims.settings.current = settingsOf({ maxRunning: 6 });
  await pod.machines.waitFor((store) => store.list().length === 2 || undefined, soon());
  assert.equal(pod.backend.available(), 4);
});

test('server pods that learn of a lower maxRunning one after the other never have more machines than the higher', async () => {
  await using claims = await startClaims(6);
  const lowered = { current: settingsOf({ maxRunning: 3 }) };
  const [slow, quick] = await Promise.all([claims.pod(), claims.pod({ settings: lowered })]);
  await Promise.allSettled(
    Array.from({ length: 12 }, (_, index) => (index % 2 ? slow : quick).backend.claim(claim(), soon())),
  );
  assert.ok(Math.max(...(await claims.counts())) <= 6);
  await quick.machines.waitFor((store) => store.list().length === slow.machines.list().length || undefined, soon());
  if (quick.machines.list().length >= 3) {
    await assert.rejects(quick.backend.claim(claim(), soon()), { code: 'NoFreeSlot' });
  }
});

test('claims of one pod at once try no slot twice', async () => {
  await using claims = await startClaims(20);
  let creates = 0;
  const kube = {
    ...claims.kube,
    create: async (...given: Parameters<typeof claims.kube.create>) => {
      creates += 1;
      return claims.kube.create(...given);
    },
  } as typeof claims.kube;
  const pod = await claims.pod({ kube });
  const made = Promise.all(Array.from({ length: 20 }, () => pod.backend.claim(claim(), soon())));
  assert.equal(pod.backend.available(), 0);
  await made;
  assert.equal(creates, 20);
});

test('a claim that lost its slot passes over those that others of its pod are at', async () => {
  await using claims = await startClaims(3);
  const tried: number[] = [];
  const answer = Promise.withResolvers<void>();
  const kube = {
    ...claims.kube,
    create: async (...given: Parameters<typeof claims.kube.create>) => {
      const port = Number(given[1].metadata.name.slice('lab-'.length));
      tried.push(port);
      if (port === 10_000) throw new KubeError({ code: 409, reason: 'AlreadyExists', message: 'it is there' });
      if (port === 10_001) await answer.promise;
      return claims.kube.create(...given);
    },
  } as typeof claims.kube;
  const { backend } = await claims.pod({ kube, random: () => 0 });
  const [first, second] = [backend.claim(claim(), soon()), backend.claim(claim(), soon())];
  assert.equal((await first).listenPort, 10_002);
  answer.resolve();
  assert.equal((await second).listenPort, 10_001);
  assert.deepEqual(tried, [10_000, 10_001, 10_002]);
});

test('where the platform has no rebootPolicy the machine is made without, and the log says so', async () => {
  await using claims = await startClaims(1, '1.7');
  assert.equal(claims.settings.current.spec.containers.rebootPolicy, 'Terminate');
  const { backend } = await claims.pod();
  const { listenPort } = await backend.claim(claim(), soon());
  const vmi = await claims.kube.get(VirtualMachineInstance, { namespace: 'default', name: `lab-${listenPort}` });
  assert.equal(vmi?.spec.domain.rebootPolicy, undefined);
  assert.ok(vmi?.spec.domain.firmware?.uuid);
  assert.equal((await claims.log.line('knows no reboot policy')).level, 'warn');
});

const refusals: Record<string, [number, string]> = {
  QuotaExceeded: [403, 'forbidden: exceeded quota: vms, requested: count/virtualmachineinstances.kubevirt.io=1'],
  MachineRefused: [422, 'admission webhook "virtualmachineinstances-create-validator.kubevirt.io" denied the request'],
  StartFailed: [503, 'the server is currently unable to handle the request'],
};
for (const [code, [status, message]] of Object.entries(refusals)) {
  test(`an API server that answers ${status} when a machine is created fails the claim at once, as ${code}`, async () => {
    await using claims = await startClaims(5);
    const { backend } = await claims.pod({ kube: { ...claims.kube, create: refuse(status, message) } });
    await assert.rejects(backend.claim(claim(), soon()), (error: Error & { code?: string }) => {
      assert.equal(error.code, code);
      assert.ok(error.message.includes(message));
      return true;
    });
    assert.equal(backend.available(), 5);
  });
}

test('a creation whose answer is lost counts when it was made all the same', async () => {
  await using claims = await startClaims(2);
  const kube = {
    ...claims.kube,
    create: async (...given: Parameters<typeof claims.kube.create>) => {
      await claims.kube.create(...given);
      throw new KubeError({ code: 0, reason: 'ConnectionReset', message: 'POST: connection reset' });
    },
  } as typeof claims.kube;
  const { backend } = await claims.pod({ kube });
  const wanted = claim();
  assert.equal((await backend.claim(wanted, soon())).uuid, wanted.uuid);
  const { items } = await claims.kube.list(VirtualMachineInstance, { namespace: 'default' });
  assert.equal(items.length, 1);
});
