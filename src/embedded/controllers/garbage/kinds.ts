/** The kinds that are collected and cleared: the built-in ones, and those of every CustomResourceDefinition. */
import type { KubeObject, Resource } from '../../../kube/objects.ts';
import {
  ConfigMap,
  type CustomResourceDefinition,
  Deployment,
  EndpointSlice,
  Lease,
  PersistentVolumeClaim,
  Pod,
  ReplicaSet,
  Role,
  RoleBinding,
  Secret,
  Service,
  ServiceAccount,
} from '../../../kube/resources.ts';

const OTHERS: Resource[] = [
  { group: '', version: 'v1', plural: 'events', kind: 'Event', namespaced: true },
  { group: 'networking.k8s.io', version: 'v1', plural: 'networkpolicies', kind: 'NetworkPolicy', namespaced: true },
  { group: 'policy', version: 'v1', plural: 'poddisruptionbudgets', kind: 'PodDisruptionBudget', namespaced: true },
];

export const BUILT_IN_KINDS: readonly Resource<KubeObject>[] = [
  ...[Deployment, ReplicaSet, Pod, Service, EndpointSlice, ConfigMap, Secret, ServiceAccount, PersistentVolumeClaim],
  ...[Role, RoleBinding, Lease],
  ...OTHERS,
];

/** The resource of a definition, at the version that is stored; undefined while it is not served. */
export function definedKind({ spec, status }: CustomResourceDefinition): Resource | undefined {
  const isServed = status?.conditions?.some((one) => one.type === 'Established' && one.status === 'True');
  const version = spec.versions.find(({ storage }) => storage)?.name;
  if (!version || !isServed) return undefined;
  const { plural, kind } = spec.names;
  return { group: spec.group, version, plural, kind, namespaced: spec.scope === 'Namespaced' };
}

export function groupKind({ group, kind }: { group: string; kind: string }): string {
  return `${kind}.${group}`;
}

/** The kind that an owner reference names, whatever version it was written with. */
export function ownerKind({ apiVersion, kind }: { apiVersion: string; kind: string }): string {
  const slash = apiVersion.indexOf('/');
  return groupKind({ group: slash < 0 ? '' : apiVersion.slice(0, slash), kind });
}
