/** The resources of Kubernetes and KubeVirt that are used here: each name is the type of the object and where it lives. */
import { type Builtin, builtin } from './builtin-kinds.ts';
import type { V1KubeVirt, V1VirtualMachineInstance } from './kubevirt-types.ts';
import type { KubeObject, Raw, Resource } from './objects.ts';

export type Namespace = Builtin<'Namespace'>;
export const Namespace = builtin('Namespace');

export type Node = Builtin<'Node'>;
export const Node = builtin('Node');

export type Pod = Builtin<'Pod'>;
export const Pod = builtin('Pod');

export type Service = Builtin<'Service'>;
export const Service = builtin('Service');

export type Secret = Builtin<'Secret'>;
export const Secret = builtin('Secret');

export type ConfigMap = Builtin<'ConfigMap'>;
export const ConfigMap = builtin('ConfigMap');

export type ServiceAccount = Builtin<'ServiceAccount'>;
export const ServiceAccount = builtin('ServiceAccount');

export type PersistentVolumeClaim = Builtin<'PersistentVolumeClaim'>;
export const PersistentVolumeClaim = builtin('PersistentVolumeClaim');

export type Deployment = Builtin<'Deployment'>;
export const Deployment = builtin('Deployment');

export type ReplicaSet = Builtin<'ReplicaSet'>;
export const ReplicaSet = builtin('ReplicaSet');

export type Lease = Builtin<'Lease'>;
export const Lease = builtin('Lease');

export type EndpointSlice = Builtin<'EndpointSlice'>;
export const EndpointSlice = builtin('EndpointSlice');

export type Event = Builtin<'Event'>;
export const Event = builtin('Event');

export type NetworkPolicy = Builtin<'NetworkPolicy'>;
export const NetworkPolicy = builtin('NetworkPolicy');

export type PodDisruptionBudget = Builtin<'PodDisruptionBudget'>;
export const PodDisruptionBudget = builtin('PodDisruptionBudget');

export type Role = Builtin<'Role'>;
export const Role = builtin('Role');

export type RoleBinding = Builtin<'RoleBinding'>;
export const RoleBinding = builtin('RoleBinding');

export type ClusterRole = Builtin<'ClusterRole'>;
export const ClusterRole = builtin('ClusterRole');

export type ClusterRoleBinding = Builtin<'ClusterRoleBinding'>;
export const ClusterRoleBinding = builtin('ClusterRoleBinding');

export type TokenReview = Builtin<'TokenReview'>;
export const TokenReview = builtin('TokenReview');

export type SubjectAccessReview = Builtin<'SubjectAccessReview'>;
export const SubjectAccessReview = builtin('SubjectAccessReview');

export type ValidatingAdmissionPolicy = Builtin<'ValidatingAdmissionPolicy'>;
export const ValidatingAdmissionPolicy = builtin('ValidatingAdmissionPolicy');

export type ValidatingAdmissionPolicyBinding = Builtin<'ValidatingAdmissionPolicyBinding'>;
export const ValidatingAdmissionPolicyBinding = builtin('ValidatingAdmissionPolicyBinding');

export type CustomResourceDefinition = Builtin<'CustomResourceDefinition'>;
export const CustomResourceDefinition = builtin('CustomResourceDefinition');

/** What says that KubeVirt is installed, and which version of it. */
export type KubeVirt = Raw<V1KubeVirt>;
export const KubeVirt = kubeVirt<KubeVirt>('kubevirts', 'KubeVirt');

export type VirtualMachineInstance = Raw<V1VirtualMachineInstance>;
export const VirtualMachineInstance = kubeVirt<VirtualMachineInstance>(
  'virtualmachineinstances',
  'VirtualMachineInstance',
);

/** Of the Containerized Data Importer: what it downloads into a volume. Only what is used of it. */
export interface DataVolume extends KubeObject {
  spec: {
    source: { http: { url: string; checksum?: string; secretRef?: string; certConfigMap?: string } };
    storage: {
      accessModes?: string[];
      storageClassName?: string;
      resources: { requests: { storage: string } };
    };
  };
  status?: {
    phase?: string;
    /** Such as `42.10%`. */
    progress?: string;
    conditions?: { type: string; status: string; reason?: string; message?: string }[];
  };
}
export const DataVolume: Resource<DataVolume> = {
  group: 'cdi.kubevirt.io',
  version: 'v1beta1',
  plural: 'datavolumes',
  kind: 'DataVolume',
  namespaced: true,
};

/** Of cert-manager. Only what is used of it. */
export interface Certificate extends KubeObject {
  spec: {
    secretName: string;
    dnsNames?: string[];
    ipAddresses?: string[];
    privateKey?: { rotationPolicy: 'Always' | 'Never' };
    issuerRef: { name: string; kind: string; group: string };
  };
  status?: {
    conditions?: { type: string; status: string; reason?: string; message?: string; observedGeneration?: number }[];
    notAfter?: string;
  };
}
export const Certificate: Resource<Certificate> = {
  group: 'cert-manager.io',
  version: 'v1',
  plural: 'certificates',
  kind: 'Certificate',
  namespaced: true,
};

function kubeVirt<T extends KubeObject>(plural: string, kind: string): Resource<T> {
  return { group: 'kubevirt.io', version: 'v1', plural, kind, namespaced: true };
}
