/** All that the operator, the server pods and the cluster's controllers make of a server. */
export interface WatchedKind {
  kind: string;
  /** Below the API server's URL, for all namespaces. */
  path: string;
}

export const KINDS: WatchedKind[] = [
  { kind: 'AnweddolServer', path: '/apis/anweddol.io/v1alpha1/anweddolservers' },
  { kind: 'AnweddolAccessToken', path: '/apis/anweddol.io/v1alpha1/anweddolaccesstokens' },
  { kind: 'ServiceAccount', path: '/api/v1/serviceaccounts' },
  { kind: 'Role', path: '/apis/rbac.authorization.k8s.io/v1/roles' },
  { kind: 'RoleBinding', path: '/apis/rbac.authorization.k8s.io/v1/rolebindings' },
  { kind: 'ConfigMap', path: '/api/v1/configmaps' },
  { kind: 'Secret', path: '/api/v1/secrets' },
  { kind: 'Service', path: '/api/v1/services' },
  { kind: 'NetworkPolicy', path: '/apis/networking.k8s.io/v1/networkpolicies' },
  { kind: 'Deployment', path: '/apis/apps/v1/deployments' },
  { kind: 'ReplicaSet', path: '/apis/apps/v1/replicasets' },
  { kind: 'Pod', path: '/api/v1/pods' },
  { kind: 'PodDisruptionBudget', path: '/apis/policy/v1/poddisruptionbudgets' },
  { kind: 'EndpointSlice', path: '/apis/discovery.k8s.io/v1/endpointslices' },
  { kind: 'VirtualMachineInstance', path: '/apis/kubevirt.io/v1/virtualmachineinstances' },
  { kind: 'Event', path: '/apis/events.k8s.io/v1/events' },
];
