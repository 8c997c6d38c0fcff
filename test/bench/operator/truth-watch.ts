import { LABEL_SERVER } from '../../../src/api/names.ts';
import type { KubeClient } from '../../../src/kube/client.ts';
import { VirtualMachineInstance } from '../../../src/kube/resources.ts';

/** Every version of a server's machines, one after the other, as the API server tells them. */
export class TruthWatch implements AsyncDisposable {
  readonly #machines = new Set<string>();
  readonly #stop = new AbortController();
  readonly #watching: Promise<void>;
  /** The most machines that there were at a time, ending ones included. */
  most = 0;
  /** How many versions were seen. */
  versions = 0;

  private constructor(kube: KubeClient, query: object, resourceVersion: string, machines: string[]) {
    for (const name of machines) this.#add(name);
    this.#watching = this.#run(kube, query, resourceVersion);
  }

  static async start(kube: KubeClient, namespace: string, server: string): Promise<TruthWatch> {
    const query = { namespace, labelSelector: `${LABEL_SERVER}=${server}` };
    const { items, resourceVersion } = await kube.list(VirtualMachineInstance, query);
    const names = items.map(({ metadata }) => metadata.name);
    return new TruthWatch(kube, query, resourceVersion, names);
  }

  #add(name: string): void {
    this.#machines.add(name);
    this.most = Math.max(this.most, this.#machines.size);
  }

  /** A watch that breaks off would miss versions: then the benchmark fails. */
  async #run(kube: KubeClient, query: object, resourceVersion: string): Promise<void> {
    const { signal } = this.#stop;
    try {
      for await (const event of kube.watch(
        VirtualMachineInstance,
        { ...query, resourceVersion, timeoutSeconds: 600 },
        signal,
      )) {
        if (event.type === 'BOOKMARK') continue;
        this.versions += 1;
        if (event.type === 'DELETED') this.#machines.delete(event.object.metadata.name);
        else this.#add(event.object.metadata.name);
      }
    } catch (error) {
      if (!signal.aborted) throw error;
      return;
    }
    if (!signal.aborted) throw new Error('the watch ended early');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await this.#watching;
  }
}
