import assert from 'node:assert/strict';
import { test } from 'node:test';
import pino from 'pino';
import { KubeStatusError } from '../../../../src/embedded/apiserver/base/status-error.ts';
import type { Admission } from '../../../../src/embedded/apiserver/handlers/context.ts';
import { startApiServer } from '../../../../src/embedded/apiserver/start-api-server.ts';
import { machineDefinition } from '../../../../src/embedded/controllers/kubevirt/machine-definition.ts';
import { createKubeClient } from '../../../../src/kube/kube-client.ts';
import { loadKubeConfig } from '../../../../src/kube/load.ts';
import { CustomResourceDefinition, Namespace, VirtualMachineInstance } from '../../../../src/kube/resources.ts';
import { createTransport } from '../../../../src/kube/transport.ts';
import { PlatformCheck } from '../../../../src/operator/platform/check-platform.ts';
import { systemClock } from '../../../../src/runtime/system-clock.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { sampleServer } from '../../../support/sample-server.ts';

const signal = new AbortController().signal;
type Definition = CustomResourceDefinition;

/** A cluster whose KubeVirt knows what `change` leaves of the definition. */
async function platform(change: (domain: Record<string, unknown>) => void, refusal: { now?: KubeStatusError } = {}) {
  const admission: Admission = ({ resource }) => {
    if (resource.group === 'kubevirt.io' && refusal.now) throw refusal.now;
    return undefined;
  };
  const api = await startApiServer({ clock: systemClock, log: pino({ level: 'silent' }), admission: [admission] });
  let posts = 0;
  const metrics = {
    answered: ({ method }: { method: string }) => {
      if (method === 'POST') posts += 1;
    },
    throttled: () => undefined,
  };
  const config = loadKubeConfig({ kubeconfig: api.kubeconfig() });
  const transport = createTransport(config, { clock: systemClock, metrics });
  const kube = createKubeClient(transport);
  await kube.create(Namespace, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'anweddol' } });
  const definition = structuredClone(machineDefinition()) as unknown as Definition;
  const schema = definition.spec.versions[0]?.schema?.openAPIV3Schema?.properties?.spec?.properties?.domain;
  change(schema?.properties as Record<string, unknown>);
  await kube.create(CustomResourceDefinition, definition);
  posts = 0;
  const clock = new FakeClock();
  return {
    kube,
    clock,
    check: new PlatformCheck(kube, clock),
    posts: () => posts,
    async [Symbol.asyncDispose]() {
      await transport.close();
      await api.close();
    },
  };
}

test('a KubeVirt that takes the machine is present, and nothing is stored', async () => {
  await using cluster = await platform(() => undefined);
  const finding = await cluster.check.find(sampleServer(), signal);
  assert.deepEqual(
    [finding.status, finding.reason, finding.rebootPolicy],
    ['True', 'KubeVirtVersionUnknown', 'Terminate'],
  );
  assert.deepEqual((await cluster.kube.list(VirtualMachineInstance, {})).items, []);
});

test('a KubeVirt that does not know the reboot policy is used without it, and that is said', async () => {
  await using cluster = await platform((domain) => delete domain.rebootPolicy);
  const finding = await cluster.check.find(sampleServer(), signal);
  assert.deepEqual(
    [finding.status, finding.reason, finding.rebootPolicy],
    ['True', 'RebootPolicyUnsupported', 'Reboot'],
  );
  const asked = await cluster.check.find(sampleServer({ containers: { rebootPolicy: 'Reboot' } }), signal);
  assert.deepEqual([asked.reason, asked.rebootPolicy], ['KubeVirtVersionUnknown', 'Reboot']);
});

test('a machine that is refused for anything else says why, and is tried again after a minute', async () => {
  await using cluster = await platform((domain) => delete domain.firmware);
  const finding = await cluster.check.find(sampleServer(), signal);
  assert.deepEqual([finding.status, finding.reason, finding.rebootPolicy], ['False', 'MachineRefused', undefined]);
  assert.match(finding.message, /unknown field "spec\.domain\.firmware"/);
  const before = cluster.posts();
  await cluster.clock.advance(59_000);
  await cluster.check.find(sampleServer(), signal);
  assert.equal(cluster.posts(), before);
  await cluster.clock.advance(2_000);
  await cluster.check.find(sampleServer(), signal);
  assert.equal(cluster.posts(), before + 1);
});

test('servers whose machines are alike are asked for once, others by themselves', async () => {
  await using cluster = await platform(() => undefined);
  const other = sampleServer();
  other.metadata.name = 'other';
  await cluster.check.find(sampleServer(), signal);
  await cluster.check.find(other, signal);
  assert.equal(cluster.posts(), 1);
  await cluster.check.find(sampleServer({ containers: { memory: '2Gi' } }), signal);
  assert.equal(cluster.posts(), 2);
});

test('while KubeVirt does not answer, machines go on being made as before', async () => {
  const silent = new KubeStatusError(500, 'InternalError', 'failed calling webhook "virt-api": connection refused');
  const refusal: { now?: KubeStatusError } = { now: silent };
  await using cluster = await platform(() => undefined, refusal);
  const first = await cluster.check.find(sampleServer(), signal);
  assert.deepEqual([first.status, first.reason, first.rebootPolicy], ['Unknown', 'KubeVirtSilent', undefined]);
  delete refusal.now;
  await cluster.clock.advance(60_000);
  assert.equal((await cluster.check.find(sampleServer(), signal)).rebootPolicy, 'Terminate');
  refusal.now = silent;
  await cluster.clock.advance(600_000);
  const later = await cluster.check.find(sampleServer(), signal);
  assert.deepEqual([later.status, later.reason, later.rebootPolicy], ['Unknown', 'KubeVirtSilent', 'Terminate']);
});

test('a quota that is used up is no refusal of the machine', async () => {
  const now = new KubeStatusError(403, 'Forbidden', 'exceeded quota: machines, requested: 1, used: 3, limited: 3');
  await using cluster = await platform(() => undefined, { now });
  const finding = await cluster.check.find(sampleServer(), signal);
  assert.deepEqual([finding.status, finding.reason, finding.rebootPolicy], ['False', 'QuotaExceeded', 'Terminate']);
});
