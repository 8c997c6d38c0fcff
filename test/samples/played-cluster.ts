/** Plays all of a cluster that the operator waits for: node, load balancer, KubeVirt, CDI and cert-manager. */
import { LABEL_COMPONENT, LABEL_SERVER } from '../../src/api/names.ts';
import { type KubeObject, keyOf } from '../../src/kube/objects.ts';
import {
  Certificate,
  CustomResourceDefinition,
  DataVolume,
  Deployment,
  Pod,
  Secret,
  Service,
  VirtualMachineInstance,
} from '../../src/kube/resources.ts';
import type { Store } from '../../src/kube/store.ts';
import { watched } from '../../src/kube/watched.ts';
import { selfSignedCertificate } from '../../src/operator/certificates/self-signed.ts';
import { KeyPairs } from '../../src/operator/keys/key-pairs.ts';
import { CdiStandIn } from '../support/cdi-stand-in.ts';
import type { startOperatorHarness } from '../support/operator-harness.ts';
import { certificateDefinition } from '../unit/operator/certificates/cert-manager.ts';

type Harness = Awaited<ReturnType<typeof startOperatorHarness>>;

/** What an ISO is found to have where its server announces no digest. */
const FOUND_SHA256 = 'ab'.repeat(32);
const STATUS = { subresource: 'status' } as const;

export class PlayedCluster implements AsyncDisposable {
  readonly #operator: Harness;
  readonly #stop = new AbortController();
  readonly #deeds = new Set<Promise<unknown>>();

  private constructor(operator: Harness) {
    this.#operator = operator;
  }

  static async start(operator: Harness): Promise<PlayedCluster> {
    const { kube, caches, clock, log } = operator;
    const cluster = new PlayedCluster(operator);
    const watching = { clock, log, signal: cluster.#stop.signal };
    const cdi = await CdiStandIn.install(kube);
    await kube.create(CustomResourceDefinition, certificateDefinition());
    cluster.#on(caches.pods, (pod) => cluster.#readsIso(pod));
    cluster.#on(caches.deployments, (deployment) => cluster.#runs(deployment));
    cluster.#on(caches.services, (service) => cluster.#assigns(service));
    cluster.#on(caches.machines, (vmi) => cluster.#boots(vmi));
    const volumes = watched(kube, DataVolume, {}, watching);
    cluster.#on(volumes, async (volume) => {
      if (!volume.status?.phase) await cdi.succeeds(volume.metadata);
    });
    const certificates = watched(kube, Certificate, {}, watching);
    cluster.#on(certificates, (certificate) => cluster.#issues(certificate));
    return cluster;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stop.abort();
    await Promise.allSettled(this.#deeds);
  }

  /** What comes too late for an object that is gone is nobody's loss. */
  #on<T extends KubeObject>(store: Pick<Store<T>, 'onChange'>, act: (object: T) => Promise<unknown>): void {
    store.onChange((object) => {
      if (!object || object.metadata.deletionTimestamp || this.#stop.signal.aborted) return;
      const deed = act(object).catch(() => undefined);
      this.#deeds.add(deed);
      void deed.finally(() => this.#deeds.delete(deed));
    });
  }

  async #readsIso({ metadata, status }: Pod): Promise<void> {
    if (metadata.labels?.[LABEL_COMPONENT] !== 'iso-check' || status?.phase === 'Succeeded') return;
    const { namespace } = metadata;
    const server = this.#operator.caches.servers.get(keyOf({ namespace, name: metadata.labels[LABEL_SERVER] ?? '' }));
    const message = server?.spec.iso.sha256 ?? FOUND_SHA256;
    const terminated = { exitCode: 0, message, finishedAt: new Date().toISOString() };
    const check = { name: 'check', state: { terminated }, image: '', imageID: '', ready: false, restartCount: 0 };
    const told = { status: { phase: 'Succeeded', containerStatuses: [check] } };
    await this.#operator.kube.mergePatch(Pod, metadata, told, STATUS);
  }

  async #runs({ metadata, spec, status }: Deployment): Promise<void> {
    const { generation = 0 } = metadata;
    if (status?.observedGeneration === generation) return;
    const replicas = spec?.replicas ?? 1;
    const told = {
      observedGeneration: generation,
      replicas,
      updatedReplicas: replicas,
      readyReplicas: replicas,
      availableReplicas: replicas,
    };
    await this.#operator.kube.mergePatch(Deployment, metadata, { status: told }, STATUS);
  }

  async #assigns({ metadata, spec, status }: Service): Promise<void> {
    if (spec?.type !== 'LoadBalancer' || status?.loadBalancer?.ingress) return;
    const told = { status: { loadBalancer: { ingress: [{ ip: '192.0.2.10' }] } } };
    await this.#operator.kube.mergePatch(Service, metadata, told, STATUS);
  }

  async #boots({ metadata, status }: VirtualMachineInstance): Promise<void> {
    if (status?.phase === 'Running') return;
    const told = { phase: 'Running', conditions: [{ type: 'Ready', status: 'True' }] };
    await this.#operator.kube.mergePatch(VirtualMachineInstance, metadata, { status: told });
  }

  async #issues({ metadata, spec, status }: Certificate): Promise<void> {
    if (status?.conditions) return;
    const { kube, clock } = this.#operator;
    const { dnsNames: dns = [], ipAddresses: ips = [] } = spec;
    const pair = await new KeyPairs().make(2048);
    const certificate = await selfSignedCertificate(metadata.name, { dns, ips }, pair, clock.now());
    await kube.create(Secret, {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: spec.secretName, namespace: metadata.namespace ?? '' },
      type: 'kubernetes.io/tls',
      stringData: { 'tls.crt': certificate, 'tls.key': pair.privatePem },
    });
    const conditions = [{ type: 'Ready', status: 'True' }];
    await kube.mergePatch(Certificate, metadata, { status: { conditions } }, STATUS);
  }
}
