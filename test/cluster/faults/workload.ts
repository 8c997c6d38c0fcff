import { setTimeout as sleep } from 'node:timers/promises';
import type { KubeClient } from '../../../src/kube/client.ts';
import { KubeError } from '../../../src/kube/errors.ts';
import { ConfigMap } from '../../../src/kube/resources.ts';

const NAMES = ['a', 'b', 'c', 'd', 'e', 'f'];
const PAUSE_MS = 5;

/** Creates, changes, deletes and makes anew the ConfigMaps of a namespace, until it is stopped. */
export class Workload {
  /** Uid and version of each state that it made or met. */
  readonly states = new Set<string>();
  readonly #kube: KubeClient;
  readonly #namespace: string;
  readonly #mayFail: boolean;
  readonly #waiters = new Set<() => void>();
  #changes = 0;
  #isStopped = false;
  #done: Promise<void> = Promise.resolve();

  /** @param mayFail while the API server is away, that is */
  constructor(kube: KubeClient, namespace: string, mayFail: boolean) {
    this.#kube = kube;
    this.#namespace = namespace;
    this.#mayFail = mayFail;
  }

  /** Resolves when something is there. */
  start(): Promise<void> {
    this.#done = this.#run();
    return this.more(1);
  }

  /** Resolves after so many more changes; rejects when one fails. */
  more(count: number): Promise<void> {
    const enough = this.#changes + count;
    return new Promise((resolve, reject) => {
      this.#done.catch(reject);
      const check = (): void => {
        if (this.#changes < enough) return;
        this.#waiters.delete(check);
        resolve();
      };
      this.#waiters.add(check);
    });
  }

  async stop(): Promise<void> {
    this.#isStopped = true;
    await this.#done;
  }

  async #run(): Promise<void> {
    for (let step = 0; !this.#isStopped; step += 1) {
      try {
        await this.#change(NAMES[(step * 5 + (step >> 3)) % NAMES.length] ?? 'a', step);
        this.#changes += 1;
      } catch (error) {
        if (!this.#mayFail || !(error instanceof KubeError)) throw error;
      }
      for (const check of [...this.#waiters]) check();
      await sleep(PAUSE_MS);
    }
  }

  /** One step of a fixed course, in which each kind of change follows each other. */
  async #change(name: string, step: number): Promise<void> {
    const metadata = { namespace: this.#namespace, name };
    const data = { step: String(step) };
    const known = await this.#kube.get(ConfigMap, metadata);
    // A call that got no answer may have been executed.
    if (known) this.#note(known);
    if (!known) this.#note(await this.#kube.create(ConfigMap, { apiVersion: 'v1', kind: 'ConfigMap', metadata, data }));
    else if (step % 7 < 4) this.#note(await this.#kube.mergePatch(ConfigMap, metadata, { data }));
    else await this.#kube.delete(ConfigMap, metadata);
  }

  #note({ metadata: { uid, resourceVersion } }: ConfigMap): void {
    this.states.add(`${uid} ${resourceVersion}`);
  }
}
