/** The kinds of Kubernetes that are used here: from this table come both where they live and their type. */
import type { Raw, Resource } from './objects.ts';

type Models = typeof import('@kubernetes/client-node');

/** client-node calls its models after version and kind; of the two kinds of events one carries its group, too. */
type ModelName<Kind extends string> = Kind extends 'Event' ? 'EventsV1Event' : `V1${Kind}`;
type KindOfModel = keyof Models extends infer Name ? (Name extends `V1${infer Kind}` ? Kind : never) : never;

const RBAC = 'rbac.authorization.k8s.io';

/** All are of version v1. */
const BUILTIN_KINDS = {
  Namespace: { group: '', namespaced: false },
  Node: { group: '', namespaced: false },
  Pod: { group: '', namespaced: true },
  Service: { group: '', namespaced: true },
  Secret: { group: '', namespaced: true },
  ConfigMap: { group: '', namespaced: true },
  ServiceAccount: { group: '', namespaced: true },
  PersistentVolumeClaim: { group: '', namespaced: true },
  Deployment: { group: 'apps', namespaced: true },
  ReplicaSet: { group: 'apps', namespaced: true },
  Lease: { group: 'coordination.k8s.io', namespaced: true },
  EndpointSlice: { group: 'discovery.k8s.io', namespaced: true },
  Event: { group: 'events.k8s.io', namespaced: true },
  NetworkPolicy: { group: 'networking.k8s.io', namespaced: true },
  PodDisruptionBudget: { group: 'policy', namespaced: true },
  Role: { group: RBAC, namespaced: true },
  RoleBinding: { group: RBAC, namespaced: true },
  ClusterRole: { group: RBAC, namespaced: false },
  ClusterRoleBinding: { group: RBAC, namespaced: false },
  TokenReview: { group: 'authentication.k8s.io', namespaced: false },
  SubjectAccessReview: { group: 'authorization.k8s.io', namespaced: false },
  ValidatingAdmissionPolicy: { group: 'admissionregistration.k8s.io', namespaced: false },
  ValidatingAdmissionPolicyBinding: { group: 'admissionregistration.k8s.io', namespaced: false },
  CustomResourceDefinition: { group: 'apiextensions.k8s.io', namespaced: false },
} as const satisfies { [Kind in KindOfModel | 'Event']?: { group: string; namespaced: boolean } };

type BuiltinKind = keyof typeof BUILTIN_KINDS;

/** An object of this kind: client-node's model as the JSON that travels. */
export type Builtin<Kind extends BuiltinKind> = Raw<InstanceType<Models[ModelName<Kind>]>>;

export function builtin<Kind extends BuiltinKind>(kind: Kind): Resource<Builtin<Kind>> {
  return { ...BUILTIN_KINDS[kind], version: 'v1', plural: pluralOf(kind), kind };
}

/** As Kubernetes makes them: `NetworkPolicy` → `networkpolicies`. */
function pluralOf(kind: string): string {
  return kind.toLowerCase().replace(/y$/, 'ie').concat('s');
}
