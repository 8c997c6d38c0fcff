/** What an operator finds when it starts: what was left while none was at work. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { AnweddolServer } from '../../../../src/api/resources.ts';
import type { KubeClient } from '../../../../src/kube/client.ts';
import { EndpointSlice, VirtualMachineInstance } from '../../../../src/kube/resources.ts';
import { endpointSlice } from '../../../../src/operator/desired/endpoint-slice.ts';
import { claimedMachine } from '../../../../src/virtualization/kubevirt/machine.ts';
import { startOperatorHarness } from '../../../support/operator-harness.ts';
import { SAMPLE_UUID, sampleSettings } from '../../../support/sample-machine.ts';

const soon = () => AbortSignal.timeout(20_000);

/** The container in a slot, as its server pod has made it. */
function container(
  { name, uid = '' }: { name: string; uid?: string | undefined },
  port: number,
): VirtualMachineInstance {
  const settings = { ...sampleSettings(), server: { name, namespace: 'default', uid } };
  const claim = { uuid: SAMPLE_UUID, clientId: '1234567', clientTokenSha256: 'cd'.repeat(32) };
  const vmi = claimedMachine(settings, claim, port, Date.now());
  return { ...vmi, metadata: { ...vmi.metadata, labels: { ...vmi.metadata.labels, 'anweddol.io/state': 'ready' } } };
}

/** Its way in. */
function wayIn(vmi: VirtualMachineInstance): EndpointSlice {
  const interfaces = [{ name: 'default', ipAddress: '10.244.9.9' }];
  const { uid = 'gone' } = vmi.metadata;
  const slice = endpointSlice({ ...vmi, metadata: { ...vmi.metadata, uid }, status: { phase: 'Running', interfaces } });
  assert.ok(slice);
  return slice;
}

async function makeServer(kube: KubeClient): Promise<AnweddolServer> {
  const metadata = { namespace: 'default', name: 'lab' };
  const manifest = { apiVersion: 'anweddol.io/v1alpha1', kind: 'AnweddolServer', metadata };
  return kube.create(AnweddolServer, { ...manifest, spec: { iso: { image: 'iso:1' } } } as unknown as AnweddolServer);
}

test('a way in whose container went while no operator was at work goes at the start; that of another stays', async () => {
  await using operator = await startOperatorHarness(undefined, undefined, async (kube) => {
    const server = await makeServer(kube);
    const vmi = await kube.create(VirtualMachineInstance, container(server.metadata, 10_000));
    const status = { phase: 'Running', interfaces: [{ name: 'default', ipAddress: '10.244.9.9' }] };
    await kube.mergePatch(VirtualMachineInstance, vmi.metadata, { status });
    await kube.create(EndpointSlice, wayIn(vmi));
    await kube.create(EndpointSlice, wayIn(container(server.metadata, 10_001)));
  });
  const { slices } = operator.caches;
  await slices.waitFor((store) => (store.hasSynced && !store.get('default/lab-10001')) || undefined, soon());
  assert.equal(await operator.kube.get(EndpointSlice, { namespace: 'default', name: 'lab-10001' }), undefined);
  assert.ok(await operator.kube.get(EndpointSlice, { namespace: 'default', name: 'lab-10000' }));
});

test('containers whose server went while no operator was at work go at the start, and so does a way in', async () => {
  await using operator = await startOperatorHarness(undefined, undefined, async (kube) => {
    const server = await makeServer(kube);
    await kube.create(VirtualMachineInstance, container(server.metadata, 10_000));
    const orphan = await kube.create(VirtualMachineInstance, container({ name: 'gone', uid: 'gone' }, 10_000));
    await kube.create(EndpointSlice, wayIn(orphan));
    await kube.create(VirtualMachineInstance, container({ name: 'gone', uid: 'gone' }, 10_001));
  });
  const { machines, slices } = operator.caches;
  await machines.waitFor((store) => (store.hasSynced && store.list().length === 1) || undefined, soon());
  await slices.waitFor((store) => (store.hasSynced && store.list().length === 0) || undefined, soon());
  const { items } = await operator.kube.list(VirtualMachineInstance, { namespace: 'default' });
  assert.deepEqual(
    items.map(({ metadata }) => metadata.name),
    ['lab-10000'],
  );
});
