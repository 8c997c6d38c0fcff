import type { KubeClient, ListQuery } from '../../kube/client.ts';
import { isForbidden } from '../../kube/errors.ts';
import { listAll } from '../../kube/list-all.ts';
import type { KubeObject, Resource } from '../../kube/objects.ts';
import { EndpointSlice, Node, Service } from '../../kube/resources.ts';
import type { Clock } from '../../runtime/clock.ts';
import type { Log } from '../../runtime/log.ts';
import { type KnownNetworks, knownNetworks } from './known-networks.ts';

/** Nodes come and go, and an API server may move. */
export const NETWORKS_GOOD_FOR_MS = 300_000;

export interface ClusterNetworksOptions {
  kube: KubeClient;
  clock: Clock;
  log: Log;
  /** The cluster's networks as the operator was told them. */
  configured: string[];
}

/** Finds out which networks the cluster is made of, as far as the operator may look; asks anew after five minutes. */
export class ClusterNetworks {
  readonly #options: ClusterNetworksOptions;
  /** What the operator may not list, as the log has it already. */
  readonly #refused = new Set<string>();
  #known: { networks: KnownNetworks; until: number } | undefined;

  constructor(options: ClusterNetworksOptions) {
    this.#options = options;
  }

  /** @throws KubeError when the API server gives no answer */
  async find(signal: AbortSignal): Promise<KnownNetworks> {
    const { clock, configured } = this.#options;
    if (this.#known && this.#known.until > clock.elapsed()) return this.#known.networks;
    const until = clock.elapsed() + NETWORKS_GOOD_FOR_MS;
    const api = { namespace: 'default' };
    const [nodes, apiServices, apiSlices, dnsServices] = await Promise.all([
      this.#list(Node, {}, signal),
      this.#list(Service, { ...api, fieldSelector: 'metadata.name=kubernetes' }, signal),
      this.#list(EndpointSlice, { ...api, labelSelector: 'kubernetes.io/service-name=kubernetes' }, signal),
      this.#list(Service, { namespace: 'kube-system', labelSelector: 'k8s-app=kube-dns' }, signal),
    ]);
    const networks = knownNetworks({ nodes, apiServices, apiSlices, dnsServices }, configured);
    this.#known = { networks, until };
    return networks;
  }

  async #list<T extends KubeObject>(resource: Resource<T>, query: ListQuery, signal: AbortSignal): Promise<T[]> {
    try {
      return (await listAll(this.#options.kube, resource, query, { signal })).items;
    } catch (error) {
      if (!isForbidden(error)) throw error;
      const what = [resource.plural, query.namespace].filter(Boolean).join(' in ');
      if (!this.#refused.has(what)) {
        this.#refused.add(what);
        this.#options.log.warn({ what }, "some of the cluster's networks are unknown: the operator may not list them");
      }
      return [];
    }
  }
}
