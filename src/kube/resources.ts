/** The resources of Kubernetes and KubeVirt that are used here: each name is the type of the object and where it lives. */
import type {
  V1ClusterRole,
  V1ClusterRoleBinding,
  V1ConfigMap,
  V1CustomResourceDefinition,
  V1Deployment,
  V1EndpointSlice,
  V1Lease,
  V1Namespace,
  V1Node,
  V1PersistentVolumeClaim,
  V1Pod,
  V1ReplicaSet,
  V1Role,
  V1RoleBinding,
  V1Secret,
  V1Service,
  V1ServiceAccount,
} from '@kubernetes/client-node';
import type { V1VirtualMachineInstance } from './kubevirt-types.ts';
import type { KubeObject, Raw, Resource } from './objects.ts';

export type Namespace = Raw<V1Namespace>;
export const Namespace = clusterWide<Namespace>('', 'v1', 'namespaces', 'Namespace');

export type Node = Raw<V1Node>;
export const Node = clusterWide<Node>('', 'v1', 'nodes', 'Node');

export type Pod = Raw<V1Pod>;
export const Pod = namespaced<Pod>('', 'v1', 'pods', 'Pod');

export type Service = Raw<V1Service>;
export const Service = namespaced<Service>('', 'v1', 'services', 'Service');

export type Secret = Raw<V1Secret>;
export const Secret = namespaced<Secret>('', 'v1', 'secrets', 'Secret');

export type ConfigMap = Raw<V1ConfigMap>;
export const ConfigMap = namespaced<ConfigMap>('', 'v1', 'configmaps', 'ConfigMap');

export type ServiceAccount = Raw<V1ServiceAccount>;
export const ServiceAccount = namespaced<ServiceAccount>('', 'v1', 'serviceaccounts', 'ServiceAccount');

export type PersistentVolumeClaim = Raw<V1PersistentVolumeClaim>;
export const PersistentVolumeClaim = namespaced<PersistentVolumeClaim>(
  '',
  'v1',
  'persistentvolumeclaims',
  'PersistentVolumeClaim',
);

export type Deployment = Raw<V1Deployment>;
export const Deployment = namespaced<Deployment>('apps', 'v1', 'deployments', 'Deployment');

export type ReplicaSet = Raw<V1ReplicaSet>;
export const ReplicaSet = namespaced<ReplicaSet>('apps', 'v1', 'replicasets', 'ReplicaSet');

export type EndpointSlice = Raw<V1EndpointSlice>;
export const EndpointSlice = namespaced<EndpointSlice>('discovery.k8s.io', 'v1', 'endpointslices', 'EndpointSlice');

const RBAC = 'rbac.authorization.k8s.io';

export type Role = Raw<V1Role>;
export const Role = namespaced<Role>(RBAC, 'v1', 'roles', 'Role');

export type RoleBinding = Raw<V1RoleBinding>;
export const RoleBinding = namespaced<RoleBinding>(RBAC, 'v1', 'rolebindings', 'RoleBinding');

export type ClusterRole = Raw<V1ClusterRole>;
export const ClusterRole = clusterWide<ClusterRole>(RBAC, 'v1', 'clusterroles', 'ClusterRole');

export type ClusterRoleBinding = Raw<V1ClusterRoleBinding>;
export const ClusterRoleBinding = clusterWide<ClusterRoleBinding>(
  RBAC,
  'v1',
  'clusterrolebindings',
  'ClusterRoleBinding',
);

export type Lease = Raw<V1Lease>;
export const Lease = namespaced<Lease>('coordination.k8s.io', 'v1', 'leases', 'Lease');

export type CustomResourceDefinition = Raw<V1CustomResourceDefinition>;
export const CustomResourceDefinition = clusterWide<CustomResourceDefinition>(
  'apiextensions.k8s.io',
  'v1',
  'customresourcedefinitions',
  'CustomResourceDefinition',
);

export type VirtualMachineInstance = Raw<V1VirtualMachineInstance>;
export const VirtualMachineInstance = namespaced<VirtualMachineInstance>(
  'kubevirt.io',
  'v1',
  'virtualmachineinstances',
  'VirtualMachineInstance',
);

function namespaced<T extends KubeObject>(group: string, version: string, plural: string, kind: string): Resource<T> {
  return { group, version, plural, kind, namespaced: true };
}

function clusterWide<T extends KubeObject>(group: string, version: string, plural: string, kind: string): Resource<T> {
  return { group, version, plural, kind, namespaced: false };
}
