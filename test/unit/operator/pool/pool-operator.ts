/** An operator on an in-memory API server, with servers whose ISO is known; the test plays KubeVirt and the clients. */
import assert from 'node:assert/strict';
import type { AnweddolServerStatus } from '../../../../src/api/anweddol-server-status.ts';
import { LABEL_SERVER, LABEL_STATE } from '../../../../src/api/names.ts';
import { AnweddolServer } from '../../../../src/api/resources.ts';
import { Event, Pod, VirtualMachineInstance } from '../../../../src/kube/resources.ts';
import { watched } from '../../../../src/kube/watched.ts';
import { startOperatorHarness } from '../../../support/operator-harness.ts';

const DIGEST = 'ab'.repeat(32);
const NAMESPACE = 'default';
export const soon = () => AbortSignal.timeout(20_000);

export class PoolOperator implements AsyncDisposable {
  readonly harness: Awaited<ReturnType<typeof startOperatorHarness>>;
  readonly #stop = new AbortController();
  readonly events;

  private constructor(harness: PoolOperator['harness']) {
    this.harness = harness;
    const { kube, clock, log } = harness;
    this.events = watched(kube, Event, { namespace: NAMESPACE }, { clock, log, signal: this.#stop.signal });
  }

  static async start(): Promise<PoolOperator> {
    return new PoolOperator(await startOperatorHarness());
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.harness[Symbol.asyncDispose]();
  }

  /** Makes, or changes, a server. */
  async apply(name: string, containers: object, spec: object = {}): Promise<AnweddolServer> {
    const metadata = { namespace: NAMESPACE, name };
    const manifest = { apiVersion: 'anweddol.io/v1alpha1', kind: 'AnweddolServer', metadata };
    const wanted = { ...manifest, spec: { iso: { image: 'iso:1' }, ...spec, containers } } as unknown as AnweddolServer;
    return this.harness.kube.apply(AnweddolServer, wanted, { fieldManager: 'test', force: true });
  }

  /** A server that machines can be made for. */
  async serve(name: string, containers: object): Promise<AnweddolServer> {
    const { kube, caches } = this.harness;
    const server = await this.apply(name, containers);
    const isCheck = (pod: Pod) => pod.metadata.labels?.[LABEL_SERVER] === name;
    const pod = await caches.pods.waitFor((store) => store.list().find(isCheck), soon());
    const terminated = { exitCode: 0, message: DIGEST, finishedAt: new Date().toISOString() };
    const check = { name: 'check', state: { terminated }, image: '', imageID: '', ready: false, restartCount: 0 };
    const status = { phase: 'Succeeded', containerStatuses: [check] };
    await kube.mergePatch(Pod, pod.metadata, { status }, { subresource: 'status' });
    return server;
  }

  /** Those of a server that do not end, by age. */
  machines(server: string, state?: string): VirtualMachineInstance[] {
    return this.harness.caches.machines
      .list()
      .filter(({ metadata }) => metadata.labels?.[LABEL_SERVER] === server && !metadata.deletionTimestamp)
      .filter(({ metadata }) => !state || metadata.labels?.[LABEL_STATE] === state);
  }

  /** Once there are so many of them. */
  async until(server: string, state: string | undefined, count: number): Promise<VirtualMachineInstance[]> {
    return this.harness.caches.machines.waitFor(() => {
      const machines = this.machines(server, state);
      return machines.length === count ? machines : undefined;
    }, soon());
  }

  async status(server: string, is: (status: AnweddolServerStatus) => boolean): Promise<AnweddolServerStatus> {
    return this.harness.caches.servers.waitFor((store) => {
      const { status } = store.get(`${NAMESPACE}/${server}`) ?? {};
      return status && is(status) ? status : undefined;
    }, soon());
  }

  async poolReady(server: string, reason: string): Promise<string> {
    const ofPool = ({ conditions = [] }: AnweddolServerStatus) => conditions.find(({ type }) => type === 'PoolReady');
    const status = await this.status(server, (one) => ofPool(one)?.reason === reason);
    return ofPool(status)?.message ?? '';
  }

  /** What KubeVirt tells of a machine. */
  async becomes({ metadata }: VirtualMachineInstance, status: object): Promise<void> {
    await this.harness.kube.mergePatch(VirtualMachineInstance, metadata, { status });
  }

  /** What a server pod does. */
  async claim({ metadata }: VirtualMachineInstance): Promise<void> {
    const labels = { [LABEL_STATE]: 'claimed' };
    await this.harness.kube.mergePatch(VirtualMachineInstance, metadata, { metadata: { labels } });
  }

  async annotate({ metadata }: VirtualMachineInstance, annotations: object): Promise<void> {
    await this.harness.kube.mergePatch(VirtualMachineInstance, metadata, { metadata: { annotations } });
  }

  async gone(vmi: VirtualMachineInstance): Promise<void> {
    const { uid } = vmi.metadata;
    assert.ok(uid);
    await this.harness.caches.machines.waitFor(
      (store) => store.list().every(({ metadata }) => metadata.uid !== uid) || undefined,
      soon(),
    );
  }

  async event(reason: string, regarding: { uid?: string }): Promise<Event> {
    return this.events.waitFor(
      (store) => store.list().find((event) => event.reason === reason && event.regarding?.uid === regarding.uid),
      soon(),
    );
  }
}
