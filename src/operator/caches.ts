import type { Logger } from 'pino';
import { FIELD_MANAGER, LABEL_MANAGED_BY, LABEL_SERVER, LABEL_SLICE_MANAGED_BY } from '../api/names.ts';
import { AnweddolAccessToken, AnweddolServer } from '../api/resources.ts';
import type { KubeClient, ListQuery } from '../kube/client.ts';
import { type KubeObject, keyOf, type Resource } from '../kube/objects.ts';
import {
  ConfigMap,
  Deployment,
  EndpointSlice,
  NetworkPolicy,
  Pod,
  PodDisruptionBudget,
  Role,
  RoleBinding,
  Service,
  ServiceAccount,
  VirtualMachineInstance,
} from '../kube/resources.ts';
import type { Store } from '../kube/store.ts';
import { watched } from '../kube/watched.ts';
import type { Clock } from '../runtime/clock.ts';
import { type Caches, INDEX_BY_SERVER } from './context.ts';
import { joinedStore } from './joined-store.ts';
import { tokenServerKeys } from './tokens/token-server-keys.ts';

/** Only what this project made: nobody else's objects are read or kept. */
const OURS = { labelSelector: `${LABEL_MANAGED_BY}=${FIELD_MANAGER}` };

/** The cluster's own controller copies the labels of a Service to the slices that it makes for it; those are not ours. */
const OUR_SLICES = { labelSelector: `${LABEL_SLICE_MANAGED_BY}=${FIELD_MANAGER}` };

export interface CacheOptions {
  kube: KubeClient;
  clock: Clock;
  log: Logger;
  signal: AbortSignal;
  /** Watch these only, each by itself, so that rights in others are not needed. None: all, with one watch of each kind. */
  namespaces?: string[];
}

/** Begins to watch everything the reconcilers look at until the signal aborts. */
export function startCaches(options: CacheOptions): Caches {
  const { kube, namespaces = [] } = options;
  const cache = <T extends KubeObject>(
    resource: Resource<T>,
    query: ListQuery,
    { servers = byServer, isPacked = false }: { servers?: (object: T) => string[]; isPacked?: boolean } = {},
  ): Store<T> => {
    const indices = { [INDEX_BY_SERVER]: servers };
    const store = (namespace: string | undefined) =>
      watched(kube, resource, { ...query, namespace }, { ...options, indices, isPacked });
    if (namespaces.length === 0) return store(undefined);
    return joinedStore(new Map(namespaces.map((namespace) => [namespace, store(namespace)])));
  };
  // What a server has one of or two, and is looked at when the server is.
  const made = <T extends KubeObject>(resource: Resource<T>) => cache(resource, OURS, { isPacked: true });
  return {
    servers: cache(AnweddolServer, {}),
    tokens: cache(AnweddolAccessToken, {}, { servers: tokenServerKeys }),
    accounts: made(ServiceAccount),
    roles: made(Role),
    roleBindings: made(RoleBinding),
    configMaps: made(ConfigMap),
    deployments: made(Deployment),
    budgets: made(PodDisruptionBudget),
    policies: made(NetworkPolicy),
    services: made(Service),
    slices: cache(EndpointSlice, OUR_SLICES),
    pods: cache(Pod, OURS),
    machines: cache(VirtualMachineInstance, OURS),
  };
}

/** Those that must be complete before anything is decided: all but KubeVirt's, which may be missing. */
export function neededCaches({ machines: _, ...needed }: Caches): Record<string, Store<KubeObject>> {
  return needed;
}

/** The key of the server that an object was made for. */
export function serverKeyOf(object: KubeObject): string | undefined {
  const name = object.metadata.labels?.[LABEL_SERVER];
  return name && keyOf({ namespace: object.metadata.namespace, name });
}

function byServer(object: KubeObject): string[] {
  const key = serverKeyOf(object);
  return key ? [key] : [];
}
