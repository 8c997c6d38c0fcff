/** A server whose ISO is downloaded, on the operator and an API server: the test plays CDI and the node. */
import type * as z from 'zod';
import { AnweddolServer } from '../../../../src/api/resources.ts';
import type { Iso } from '../../../../src/api/server/iso.ts';
import { keyOf } from '../../../../src/kube/objects.ts';
import { DataVolume, Pod } from '../../../../src/kube/resources.ts';
import { systemClock } from '../../../../src/runtime/system-clock.ts';
import { startOperatorHarness } from '../../../support/operator-harness.ts';

export const DIGEST = 'ab'.repeat(32);
export const soon = () => AbortSignal.timeout(20_000);

type Condition = NonNullable<NonNullable<AnweddolServer['status']>['conditions']>[number];

export async function isoScene(name: string) {
  let ahead = 0;
  const operator = await startOperatorHarness({ ...systemClock, now: () => systemClock.now() + ahead });
  const { kube, caches } = operator;
  const lab = { namespace: 'default', name };
  let touched = 0;
  /** The operator looks at the server, as it does every few seconds while something is under way. */
  async function look(): Promise<void> {
    touched += 1;
    await kube.mergePatch(AnweddolServer, lab, { metadata: { labels: { touched: String(touched) } } });
  }
  return {
    ...operator,
    lab,
    look,
    /** Somebody looks at it that much later, in milliseconds. */
    async lookAfter(ms: number): Promise<void> {
      ahead += ms;
      await look();
    },
    async apply(iso: z.input<typeof Iso>): Promise<AnweddolServer> {
      const manifest = { apiVersion: 'anweddol.io/v1alpha1', kind: 'AnweddolServer', metadata: lab, spec: { iso } };
      return kube.apply(AnweddolServer, manifest as unknown as AnweddolServer, { fieldManager: 'test', force: true });
    },
    /** Resolves with the server once its ISO's condition is so. */
    isoIs(holds: (condition: Condition, server: AnweddolServer) => boolean): Promise<AnweddolServer> {
      return caches.servers.waitFor((store) => {
        const server = store.get(keyOf(lab));
        const condition = server?.status?.conditions?.find(({ type }) => type === 'IsoReady');
        return server && condition && holds(condition, server) ? server : undefined;
      }, soon());
    },
    /** The DataVolumes of the namespace. */
    async volumes(): Promise<DataVolume[]> {
      return (await kube.list(DataVolume, { namespace: 'default' })).items;
    },
    /** What a node does with the check of the ISO. */
    async checkEnds(message: string): Promise<Pod> {
      const pod = await caches.pods.waitFor((store) => store.list()[0], soon());
      const terminated = { exitCode: 0, message, finishedAt: new Date().toISOString() };
      const state = { name: 'check', state: { terminated }, image: '', imageID: '', ready: false, restartCount: 0 };
      const status = { phase: 'Succeeded', containerStatuses: [state] };
      return kube.mergePatch(Pod, pod.metadata, { status }, { subresource: 'status' });
    },
  };
}
