import type { Logger } from 'pino';
import { FIELD_MANAGER, LABEL_MANAGED_BY, LABEL_SERVER, LABEL_SLICE_MANAGED_BY } from '../api/names.ts';
import { AnweddolServer } from '../api/resources.ts';
import type { KubeClient } from '../kube/client.ts';
import { type KubeObject, keyOf } from '../kube/objects.ts';
import {
  ConfigMap,
  Deployment,
  EndpointSlice,
  Pod,
  Role,
  RoleBinding,
  Service,
  ServiceAccount,
  VirtualMachineInstance,
} from '../kube/resources.ts';
import { watched } from '../kube/watched.ts';
import type { Clock } from '../runtime/clock.ts';
import { type Caches, INDEX_BY_SERVER } from './context.ts';

/** Only what this project made: nobody else's objects are read or kept. */
const OURS = { labelSelector: `${LABEL_MANAGED_BY}=${FIELD_MANAGER}` };

/** The cluster's own controller copies the labels of a Service to the slices that it makes for it; those are not ours. */
const OUR_SLICES = { labelSelector: `${LABEL_SLICE_MANAGED_BY}=${FIELD_MANAGER}` };

/** Begins to watch everything the reconcilers look at, in all namespaces, until the signal aborts. */
export function startCaches(options: { kube: KubeClient; clock: Clock; log: Logger; signal: AbortSignal }): Caches {
  const { kube } = options;
  const indexed = { ...options, indices: { [INDEX_BY_SERVER]: byServer } };
  return {
    servers: watched(kube, AnweddolServer, {}, options),
    accounts: watched(kube, ServiceAccount, OURS, indexed),
    roles: watched(kube, Role, OURS, indexed),
    roleBindings: watched(kube, RoleBinding, OURS, indexed),
    configMaps: watched(kube, ConfigMap, OURS, indexed),
    deployments: watched(kube, Deployment, OURS, indexed),
    services: watched(kube, Service, OURS, indexed),
    slices: watched(kube, EndpointSlice, OUR_SLICES, indexed),
    pods: watched(kube, Pod, OURS, indexed),
    machines: watched(kube, VirtualMachineInstance, OURS, indexed),
  };
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
