/** An API server in memory with all that an operator makes for a server, and the look at what is left of it. */
import pino from 'pino';
import { FIELD_MANAGER, LABEL_MANAGED_BY, LABEL_SERVER, SECRET_TYPE_TOKEN_LIST } from '../../../../src/api/names.ts';
import type { AnweddolServer } from '../../../../src/api/resources.ts';
import { startApiServer } from '../../../../src/embedded/apiserver/start-api-server.ts';
import type { KubeClient } from '../../../../src/kube/client.ts';
import { createKubeClient } from '../../../../src/kube/kube-client.ts';
import { loadKubeConfig } from '../../../../src/kube/load.ts';
import { ObjectStore } from '../../../../src/kube/object-store.ts';
import { type KubeObject, keyOf, type Resource } from '../../../../src/kube/objects.ts';
import {
  Certificate,
  ConfigMap,
  CustomResourceDefinition,
  DataVolume,
  Deployment,
  NetworkPolicy,
  Pod,
  PodDisruptionBudget,
  Role,
  RoleBinding,
  Secret,
  Service,
  ServiceAccount,
  type VirtualMachineInstance,
} from '../../../../src/kube/resources.ts';
import { createTransport } from '../../../../src/kube/transport.ts';
import { applyManifests, manifestsOf } from '../../../../src/main/demo/manifests.ts';
import { apply } from '../../../../src/operator/apply.ts';
import { certificateSecret } from '../../../../src/operator/certificates/certificate-secret.ts';
import { INDEX_BY_SERVER } from '../../../../src/operator/context.ts';
import { deployment } from '../../../../src/operator/desired/deployment.ts';
import { disruptionBudget } from '../../../../src/operator/desired/disruption-budget.ts';
import { ownedMetadata } from '../../../../src/operator/desired/ownership.ts';
import { role, roleBinding, serviceAccount } from '../../../../src/operator/desired/server-pod-rights.ts';
import { service } from '../../../../src/operator/desired/service.ts';
import { settingsConfigMap } from '../../../../src/operator/desired/settings-config-map.ts';
import { dataVolume } from '../../../../src/operator/iso/data-volume.ts';
import { isoCheckPod } from '../../../../src/operator/iso/iso-check-pod.ts';
import { keySecret } from '../../../../src/operator/keys/key-secret.ts';
import { networkPolicies } from '../../../../src/operator/network/network-policies.ts';
import { Refusals } from '../../../../src/operator/refusals.ts';
import { reconcileRemains } from '../../../../src/operator/remains/reconcile-remains.ts';
import type { Outcome } from '../../../../src/runtime/outcome.ts';
import { systemClock as clock } from '../../../../src/runtime/system-clock.ts';
import { CdiStandIn } from '../../../support/cdi-stand-in.ts';
import { sampleSettings } from '../../../support/sample-machine.ts';
import { sampleServer } from '../../../support/sample-server.ts';
import { certificateDefinition } from '../certificates/cert-manager.ts';
import { NOTHING_KNOWN } from '../network/networks.ts';

const signal = new AbortController().signal;
const NAMESPACE = 'default';
const http = { url: 'https://mirror.example/anweddol.iso' };

/** A server that all kinds of objects are made for; the cluster does not have it. */
export function lostServer(name = 'lab'): AnweddolServer {
  const server = sampleServer({ replicas: 2, keys: { rotation: 3 }, iso: { sha256: 'ab'.repeat(32), http } });
  return { ...server, metadata: { ...server.metadata, namespace: NAMESPACE, name } };
}

/** Caches that have heard of nothing yet. */
export const emptyStores = () => {
  const log = pino({ level: 'silent' });
  const indices = {
    [INDEX_BY_SERVER]: ({ metadata }: KubeObject) => [`${metadata.namespace}/${metadata.labels?.[LABEL_SERVER]}`],
  };
  const store = <T extends KubeObject>() => new ObjectStore<T>({ log, indices });
  return {
    servers: store<AnweddolServer>(),
    accounts: store<ServiceAccount>(),
    roles: store<Role>(),
    roleBindings: store<RoleBinding>(),
    configMaps: store<ConfigMap>(),
    deployments: store<Deployment>(),
    budgets: store<PodDisruptionBudget>(),
    policies: store<NetworkPolicy>(),
    services: store<Service>(),
    pods: store<Pod>(),
    machines: store<VirtualMachineInstance>(),
  };
};

export class RemainsGround implements AsyncDisposable {
  readonly kube: KubeClient;
  /** Filled by {@link see}, but for servers and machines. */
  readonly caches = emptyStores();
  readonly #close: () => Promise<void>;

  private constructor(kube: KubeClient, close: () => Promise<void>) {
    this.kube = kube;
    this.#close = close;
    this.caches.servers.replace([]);
    this.caches.machines.replace([]);
  }

  static async start({ addOns = true } = {}): Promise<RemainsGround> {
    const api = await startApiServer({ clock, log: pino({ level: 'silent' }) });
    const transport = createTransport(loadKubeConfig({ kubeconfig: api.kubeconfig() }), { clock });
    const kube = createKubeClient(transport);
    await applyManifests(kube, await manifestsOf('crds'), signal);
    if (addOns) {
      await CdiStandIn.install(kube);
      await kube.create(CustomResourceDefinition, certificateDefinition());
    }
    return new RemainsGround(kube, async () => {
      await transport.close();
      await api.close();
    });
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#close();
  }

  /** Puts an object there as the operator does. @param change of what it makes */
  async put<T extends KubeObject>(resource: Resource<T>, object: T, change: Change = unchanged): Promise<void> {
    const context = { kube: this.kube, refusals: new Refusals(clock) };
    await apply(context, resource, { get: () => undefined }, change(object), signal);
  }

  /** All that is made for a server, but what only the add-ons know. */
  async make(server: AnweddolServer, change: Change = unchanged): Promise<void> {
    const { name, uid } = server.metadata;
    const volume = dataVolume(server, { ...http, size: '2Gi' });
    const pem = { certificatePem: 'certificate', privatePem: 'key' };
    const key = keySecret(server, { privatePem: 'private', publicPem: 'public' });
    const settings = {
      ...sampleSettings({ iso: { sha256: 'ab'.repeat(32), persistentVolumeClaim: volume.metadata.name } }),
      server: { name, namespace: NAMESPACE, uid: uid ?? '' },
    };
    const secrets = { key: key.metadata.name, tls: `${name}-tls` };
    const list = { apiVersion: 'v1', kind: 'Secret', type: SECRET_TYPE_TOKEN_LIST };
    const budget = disruptionBudget(server);
    await this.put(ServiceAccount, serviceAccount(server), change);
    await this.put(Role, role(server), change);
    await this.put(RoleBinding, roleBinding(server), change);
    await this.put(Service, service(server), change);
    await this.put(ConfigMap, settingsConfigMap(server, settings), change);
    await this.put(Deployment, deployment(server, { image: 'anweddol:1', settings, secrets }), change);
    if (budget) await this.put(PodDisruptionBudget, budget, change);
    await this.put(Pod, isoCheckPod(server, { image: 'anweddol:1' }), change);
    await this.put(Secret, key, change);
    await this.put(Secret, certificateSecret(server, `${name}-tls`, pem), change);
    await this.put(Secret, certificateSecret(server, `${name}-web-tls`, pem), change);
    await this.put(Secret, { ...list, metadata: ownedMetadata(server, `${name}-access-tokens`) }, change);
    for (const policy of networkPolicies(server, NOTHING_KNOWN)) await this.put(NetworkPolicy, policy, change);
  }

  /** What an operator makes where CDI and cert-manager are installed. */
  async makeAddOns(server: AnweddolServer, change: Change = unchanged): Promise<void> {
    const apiVersion = `${Certificate.group}/${Certificate.version}`;
    const metadata = ownedMetadata(server, `${server.metadata.name}-tls`);
    await this.put(DataVolume, dataVolume(server, { ...http, size: '2Gi' }), change);
    const spec = {
      secretName: metadata.name,
      issuerRef: { name: 'authority', kind: 'Issuer', group: 'cert-manager.io' },
    };
    await this.put(Certificate, { apiVersion, kind: Certificate.kind, metadata, spec }, change);
  }

  /** Reads into the caches what the API server has now. */
  async see(): Promise<void> {
    const { caches, kube } = this;
    const read = async <T extends KubeObject>(resource: Resource<T>, store: ObjectStore<T>) => {
      const labelSelector = `${LABEL_MANAGED_BY}=${FIELD_MANAGER}`;
      store.replace((await kube.list(resource, { namespace: NAMESPACE, labelSelector })).items);
    };
    await read(ServiceAccount, caches.accounts);
    await read(Role, caches.roles);
    await read(RoleBinding, caches.roleBindings);
    await read(ConfigMap, caches.configMaps);
    await read(Deployment, caches.deployments);
    await read(PodDisruptionBudget, caches.budgets);
    await read(NetworkPolicy, caches.policies);
    await read(Service, caches.services);
    await read(Pod, caches.pods);
  }

  /** What the operator does when it comes to look, with the caches as they are. */
  look(server = lostServer(), kube: KubeClient = this.kube): Promise<Outcome> {
    const context = { kube, caches: this.caches, log: pino({ level: 'silent' }) };
    return reconcileRemains(keyOf(server.metadata), context, signal);
  }

  /** Sees and looks until there is nothing to do any more, which takes no more than a few times. */
  async clear(server = lostServer()): Promise<void> {
    for (let times = 0; times < 5; times += 1) {
      await this.see();
      if (!(await this.look(server)).again) return;
    }
    throw new Error('it never ends');
  }

  /** Such as `Service lab`: what there is of the kinds that the operator makes, in order. */
  async names(): Promise<string[]> {
    const kinds: Resource[] = [ServiceAccount, Role, RoleBinding, Service, ConfigMap, Deployment, PodDisruptionBudget];
    const others: Resource[] = [Pod, Secret, NetworkPolicy, DataVolume, Certificate];
    const lists = await Promise.all(
      [...kinds, ...others].map(async (resource) => {
        const { items } = await this.kube.list(resource, { namespace: NAMESPACE }).catch(() => ({ items: [] }));
        return items.map(({ metadata }) => `${resource.kind} ${metadata.name}`);
      }),
    );
    const ambient = ['ServiceAccount default', 'Service kubernetes'];
    return lists
      .flat()
      .filter((name) => !ambient.includes(name))
      .toSorted();
  }
}

/** What happened to an object since it was made. */
export type Change = <T extends KubeObject>(object: T) => T;
export const unchanged: Change = (object) => object;

/** As `kubectl delete --cascade=orphan` leaves it. */
export const ownerless: Change = (object) => {
  const { ownerReferences: _, ...metadata } = object.metadata;
  return { ...object, metadata };
};
