import pino from 'pino';
import { ANNOTATION_LISTEN_PORT, LABEL_SERVER } from '../../../src/api/names.ts';
import type { ServerSettings } from '../../../src/api/server-settings.ts';
import { startApiServer } from '../../../src/embedded/apiserver/start-api-server.ts';
import { machineDefinition } from '../../../src/embedded/controllers/kubevirt/machine-definition.ts';
import type { KubeVirtVersion } from '../../../src/embedded/controllers/kubevirt/version.ts';
import type { KubeClient } from '../../../src/kube/client.ts';
import { createKubeClient } from '../../../src/kube/kube-client.ts';
import { loadKubeConfig } from '../../../src/kube/load.ts';
import type { KubeObject } from '../../../src/kube/objects.ts';
import { EndpointSlice, VirtualMachineInstance } from '../../../src/kube/resources.ts';
import type { Store } from '../../../src/kube/store.ts';
import { createTransport } from '../../../src/kube/transport.ts';
import { watched } from '../../../src/kube/watched.ts';
import { applyManifests } from '../../../src/main/demo/manifests.ts';
import { systemClock as clock } from '../../../src/runtime/system-clock.ts';
import { KubeVirtBackend } from '../../../src/virtualization/kubevirt/kubevirt-backend.ts';
import { bootingMachine } from '../../../src/virtualization/kubevirt/machine.ts';
import { RecordedLog } from '../../support/recorded-log.ts';
import { sampleSettings } from '../../support/sample-machine.ts';

export const ADDRESS = '10.244.9.9';
export const soon = () => AbortSignal.timeout(20_000);
const DIGEST = 'cd'.repeat(32);
export const claimOf = (uuid: string) => ({ uuid, clientId: '1234567', clientTokenSha256: DIGEST });
/** A claim whose containers have their own UUID in place of a token's digest. */
export const warmClaim = { clientId: '1234567', clientTokenSha256Of: async (uuid: string) => `of ${uuid}` };

type Settings = { current: ServerSettings };

export const settingsOf = (containers: { maxRunning: number }): ServerSettings => {
  const settings = sampleSettings({ containers });
  settings.server = { name: 'lab', namespace: 'default', uid: 'server-uid' };
  return settings;
};

/** Phase, address and readiness of a machine that is up. */
export const UP = {
  phase: 'Running',
  interfaces: [{ name: 'default', ipAddress: ADDRESS }],
  conditions: [{ type: 'Ready', status: 'True' }],
};

/** The machines of one server on an in-memory API server, and any number of its pods. */
export interface ClaimFixture extends AsyncDisposable {
  kube: KubeClient;
  settings: Settings;
  log: RecordedLog;
  /** A server pod with caches of its own. */
  pod(change?: {
    kube?: KubeClient;
    machines?: Store<VirtualMachineInstance>;
    settings?: Settings;
    random?: () => number;
  }): Promise<Pod>;
  /** Boots a machine ahead of demand. */
  warm(port: number, change?: { status?: object; settings?: ServerSettings }): Promise<VirtualMachineInstance>;
  /** How many machines there were at each version of the API server's objects, up to now. */
  counts(): Promise<number[]>;
}

export interface Pod {
  backend: KubeVirtBackend;
  machines: Store<VirtualMachineInstance>;
}

export async function startClaims(
  maxRunning: number,
  version: KubeVirtVersion | undefined = undefined,
): Promise<ClaimFixture> {
  const stop = new AbortController();
  const { signal } = stop;
  const log = new RecordedLog();
  const api = await startApiServer({ clock, log: pino({ level: 'silent' }) });
  const transport = createTransport(loadKubeConfig({ kubeconfig: api.kubeconfig() }), { clock, rateLimit: false });
  const kube = createKubeClient(transport);
  await applyManifests(kube, [machineDefinition(version) as unknown as KubeObject], signal);
  while (!(await isServed(kube))) await clock.sleep(5);
  const settings = { current: settingsOf({ maxRunning }) };
  const { resourceVersion } = await kube.list(VirtualMachineInstance, { namespace: 'default' });
  const ours = { namespace: 'default', labelSelector: `${LABEL_SERVER}=lab` };
  const watching = { clock, log, signal };
  const slices = watched(kube, EndpointSlice, ours, watching);
  let random = 0;
  return {
    kube,
    settings,
    log,

    async pod(change = {}) {
      const machines = change.machines ?? watched(kube, VirtualMachineInstance, ours, watching);
      await Promise.all([machines.synced(soon()), slices.synced(soon())]);
      random = (random + 0.37) % 1;
      const start = random;
      const given = { kube, settings, machines, slices, clock, log, endpointPassword: 'endpoint' };
      return { machines, backend: new KubeVirtBackend({ ...given, random: () => start, ...change }) };
    },

    async warm(port, { status = UP, settings: made = settings.current } = {}) {
      const vmi = bootingMachine(made, crypto.randomUUID(), port, clock.now());
      const labels = { ...vmi.metadata.labels, 'anweddol.io/state': 'warm' };
      const metadata = { ...vmi.metadata, labels };
      return kube.create(VirtualMachineInstance, { ...vmi, metadata, status } as VirtualMachineInstance);
    },

    async counts() {
      const counts: number[] = [];
      const alive = new Set<string>();
      // The last change that the watch will tell of.
      const marker = await kube.create(VirtualMachineInstance, markerOf(settings.current));
      const query = { namespace: 'default', resourceVersion, timeoutSeconds: 60 };
      for await (const event of kube.watch(VirtualMachineInstance, query, soon())) {
        if (event.type === 'BOOKMARK') continue;
        const { name, uid = '' } = event.object.metadata;
        if (name === marker.metadata.name) break;
        if (event.type === 'DELETED') alive.delete(uid);
        else alive.add(uid);
        counts.push(alive.size);
      }
      return counts;
    },

    async [Symbol.asyncDispose]() {
      stop.abort();
      await transport.close();
      await api.close();
    },
  };
}

async function isServed(kube: KubeClient): Promise<boolean> {
  return kube.list(VirtualMachineInstance, { namespace: 'default' }).then(
    () => true,
    () => false,
  );
}

function markerOf(settings: ServerSettings): VirtualMachineInstance {
  const vmi = bootingMachine(settings, crypto.randomUUID(), 1, 0);
  return { ...vmi, metadata: { name: 'marker', namespace: 'default' } };
}

/** The slot of a machine. */
export function portOf(vmi: VirtualMachineInstance): number {
  return Number(vmi.metadata.annotations?.[ANNOTATION_LISTEN_PORT]);
}
