import { ServerSettings } from '../../src/api/server-settings.ts';
import type { VirtualMachineInstance } from '../../src/kube/resources.ts';
import { claimedMachine } from '../../src/virtualization/kubevirt/machine.ts';
import { sampleServer } from './sample-server.ts';

export const SAMPLE_UUID = '0b9f7c1e-5a52-4a8e-9b9c-111122223333';
const SAMPLE_ISO_SHA256 = 'ab'.repeat(32);

export function sampleSettings(spec: Parameters<typeof sampleServer>[0] = {}): ServerSettings {
  const server = sampleServer({ iso: { image: 'iso:1', sha256: SAMPLE_ISO_SHA256 }, ...spec });
  const { name, namespace, uid } = server.metadata;
  return ServerSettings.parse({ server: { name, namespace, uid }, spec: server.spec });
}

/** A container claimed at the epoch, in the slot of port 10000, changed as asked. */
export function sampleMachine(
  change: { labels?: object; annotations?: object; status?: object; deleted?: boolean } = {},
) {
  const claim = { uuid: SAMPLE_UUID, clientId: '1234567', clientTokenSha256: 'cd'.repeat(32) };
  const vmi = claimedMachine(sampleSettings(), claim, 10_000, 0);
  return {
    ...vmi,
    metadata: {
      ...vmi.metadata,
      uid: 'machine-uid',
      labels: { ...vmi.metadata.labels, ...change.labels },
      annotations: { ...vmi.metadata.annotations, ...change.annotations },
      ...(change.deleted && { deletionTimestamp: new Date(1).toISOString() }),
    },
    ...(change.status && { status: change.status }),
  } as VirtualMachineInstance;
}
