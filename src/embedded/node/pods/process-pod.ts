import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Pod, ServiceAccount } from '../../../kube/resources.ts';
import type { Participant } from '../../participant.ts';
import { timestamp } from '../../timestamp.ts';
import type { LogBuffer } from '../log-buffer.ts';
import type { Tenant } from '../tenant.ts';
import type { PodObjects } from '../volumes/pod-objects.ts';
import { PodVolumes } from '../volumes/pod-volumes.ts';
import { ServiceAccountTokens } from '../volumes/service-account-tokens.ts';
import type { ContainerContext } from './container-context.ts';
import { containerStatus } from './container-record.ts';
import { ContainerRunner } from './container-runner.ts';
import { PodStatusPublisher } from './pod-status-publisher.ts';

export interface ProcessPodOptions extends Pick<ContainerContext, 'apiServer' | 'shift' | 'catalogue' | 'guard'> {
  participant: Participant;
  pod: Pod;
  addresses: { pod: string; host: string };
  objects: PodObjects;
  folder: string;
}

/** A pod whose containers are processes of this machine. */
export class ProcessPod implements Tenant {
  readonly #options: ProcessPodOptions;
  readonly #publisher: PodStatusPublisher;
  readonly #stop = new AbortController();
  readonly #finished: Promise<void>;
  #initContainers: ContainerRunner[] = [];
  #containers: ContainerRunner[] = [];
  #volumes: PodVolumes | undefined;

  constructor(options: ProcessPodOptions) {
    this.#options = options;
    const { participant, pod, addresses } = options;
    const startTime = timestamp(participant.clock.now());
    this.#publisher = new PodStatusPublisher(participant, pod, () => ({
      addresses,
      startTime,
      initContainers: this.#initContainers.map(({ record }) => containerStatus(record)),
      containers: this.#containers.map(({ record }) => containerStatus(record)),
    }));
    this.#finished = this.#run().catch((error) => {
      participant.log.error({ pod: pod.metadata.name, err: error }, 'pod failed');
    });
  }

  update(pod: Pod): void {
    this.#publisher.update(pod);
  }

  /** Secrets and ConfigMaps that are mounted have changed. */
  async refreshVolumes(): Promise<void> {
    const { participant, pod } = this.#options;
    await this.#volumes?.write().catch((error) => {
      participant.log.warn({ pod: pod.metadata.name, err: error }, 'volumes not brought up to date');
    });
  }

  async end(graceSeconds: number): Promise<void> {
    const { clock } = this.#options.participant;
    this.#stop.abort();
    const all = [...this.#initContainers, ...this.#containers];
    for (const container of all) container.terminate();
    const over = new AbortController();
    const graceOver = clock.sleep(graceSeconds * 1000, over.signal).catch(() => undefined);
    await Promise.race([this.#finished, graceOver]);
    over.abort();
    for (const container of all) container.kill();
    await this.#finished;
    await this.#publisher.settled();
    await this.#volumes?.close();
    await rm(this.#options.folder, { recursive: true, force: true });
  }

  log(name?: string, previous = false): LogBuffer | undefined {
    const all = [...this.#containers, ...this.#initContainers];
    const found = name ? all.find(({ record }) => record.name === name) : all[0];
    return previous ? found?.previousLog : found?.log;
  }

  async #run(): Promise<void> {
    const { pod } = this.#options;
    const { signal } = this.#stop;
    const changed = () => this.#publisher.changed();
    const context = await this.#prepare();
    const policy = pod.spec?.restartPolicy ?? 'Always';
    const initPolicy = policy === 'Never' ? 'Never' : 'OnFailure';
    const make = (restartPolicy: string) => (container: NonNullable<Pod['spec']>['containers'][number]) =>
      new ContainerRunner(container, restartPolicy, context, changed);
    this.#initContainers = (pod.spec?.initContainers ?? []).map(make(initPolicy));
    this.#containers = (pod.spec?.containers ?? []).map(make(policy));
    changed();
    for (const container of this.#initContainers) {
      await container.run(signal);
      if (container.record.state.terminated?.exitCode !== 0) return;
    }
    const refreshed = this.#keepTokensFresh(context.tokens);
    await Promise.all(this.#containers.map((container) => container.run(signal)));
    this.#stop.abort();
    await refreshed;
  }

  async #prepare(): Promise<ContainerContext & { tokens: ServiceAccountTokens }> {
    const { participant, pod, addresses, objects, folder, catalogue, guard, apiServer, shift } = this.#options;
    const { clock, log } = participant;
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const tokens = new ServiceAccountTokens({ ...participant, pod, signal: this.#stop.signal });
    const sources = { pod, addresses, objects, token: (request: object) => tokens.get(request) };
    const apiAccess = await this.#wantsApiAccess();
    const volumes = new PodVolumes({ folder: join(folder, 'volumes'), catalogue, sources, apiAccess });
    this.#volumes = volumes;
    return { sources, volumes, catalogue, guard, clock, log, folder, apiServer, shift, tokens };
  }

  async #wantsApiAccess(): Promise<boolean> {
    const { participant, pod } = this.#options;
    const own = pod.spec?.automountServiceAccountToken;
    if (own !== undefined) return own;
    const name = { namespace: pod.metadata.namespace, name: pod.spec?.serviceAccountName ?? 'default' };
    const account = await participant.client
      .get(ServiceAccount, name, { signal: this.#stop.signal })
      .catch(() => undefined);
    return account?.automountServiceAccountToken ?? true;
  }

  async #keepTokensFresh(tokens: ServiceAccountTokens): Promise<void> {
    const { clock } = this.#options.participant;
    const { signal } = this.#stop;
    while (!signal.aborted) {
      // Tokens come with the first container that starts.
      const at = tokens.refreshAt ?? clock.now() + 60_000;
      await clock.sleep(Math.max(1_000, at - clock.now()), signal).catch(() => undefined);
      if (!signal.aborted) await this.refreshVolumes();
    }
  }
}
