import { randomUUID } from 'node:crypto';
import type { KubeClient } from '../../../src/kube/client.ts';
import type { OwnerReference } from '../../../src/kube/objects.ts';
import { EndpointSlice, Secret, VirtualMachineInstance } from '../../../src/kube/resources.ts';
import { percentile } from '../server/percentile.ts';

/**
 * What a CREATE of a warm container writes one after the other (the claim, the credentials, their being there, the way in),
 * by so many loops at a time that do nothing else.
 * @param machines one for each loop; what is made besides goes with them
 * @returns milliseconds for the four of them, p50
 */
export async function plainWritesMs(
  kube: KubeClient,
  machines: readonly VirtualMachineInstance[],
  times: number,
): Promise<number> {
  const took: number[] = [];
  for (let time = 0; time < times; time += 1) {
    await Promise.all(
      machines.map(async (machine) => {
        const began = performance.now();
        await write(kube, machine);
        took.push(performance.now() - began);
      }),
    );
  }
  return percentile(took, 0.5);
}

async function write(kube: KubeClient, { metadata }: VirtualMachineInstance): Promise<void> {
  const { namespace = '', name, uid = '' } = metadata;
  const owner: OwnerReference = { apiVersion: 'kubevirt.io/v1', kind: 'VirtualMachineInstance', name, uid };
  const made = { namespace, name: `plain-${randomUUID()}`, ownerReferences: [owner] };
  const tell = (what: string) => [{ op: 'add', path: `/metadata/annotations/bench`, value: what } as const];
  await kube.jsonPatch(VirtualMachineInstance, metadata, tell(`claimed ${made.name}`));
  await kube.create(Secret, { apiVersion: 'v1', kind: 'Secret', metadata: made, stringData: { password: made.name } });
  await kube.jsonPatch(VirtualMachineInstance, metadata, tell(`ready ${made.name}`));
  await kube.create(EndpointSlice, {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: made,
    addressType: 'IPv4',
    endpoints: [{ addresses: ['10.0.0.1'] }],
    ports: [{ name: 'ssh', port: 22 }],
  });
}
