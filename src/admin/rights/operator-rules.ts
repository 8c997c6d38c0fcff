/**
 * What the operator of this release needs to be allowed. deploy/operator/operator.yaml grants it, and a test holds the two
 * together.
 */
export interface OperatorRule {
  group: string;
  resources: readonly string[];
  verbs: readonly string[];
  /** The only object that it needs this for. */
  name?: string;
  /** Whether it needs this for something that most clusters do without; what that is. */
  onlyFor?: string;
  /** What concerns the whole cluster: an operator that looks at some namespaces only may do without. */
  isOfCluster?: boolean;
}

const KEEPS = ['list', 'watch', 'create', 'patch', 'delete'];

/** In every namespace that it looks at. */
export const OPERATOR_RULES: readonly OperatorRule[] = [
  {
    group: 'anweddol.io',
    resources: ['anweddolservers', 'anweddolaccesstokens'],
    verbs: ['get', 'list', 'watch'],
  },
  {
    group: 'anweddol.io',
    resources: ['anweddolservers/status', 'anweddolaccesstokens/status'],
    verbs: ['patch'],
  },
  {
    group: 'anweddol.io',
    resources: ['anweddolservers/finalizers', 'anweddolaccesstokens/finalizers'],
    verbs: ['update'],
    onlyFor: 'clusters that check who may own objects (OwnerReferencesPermissionEnforcement)',
  },
  { group: '', resources: ['serviceaccounts', 'configmaps', 'services', 'pods'], verbs: KEEPS },
  { group: '', resources: ['secrets'], verbs: ['get', 'create', 'patch', 'delete'] },
  { group: 'networking.k8s.io', resources: ['networkpolicies'], verbs: KEEPS },
  { group: 'policy', resources: ['poddisruptionbudgets'], verbs: KEEPS },
  {
    group: 'cdi.kubevirt.io',
    resources: ['datavolumes'],
    verbs: ['get', 'create', 'delete'],
    onlyFor: 'servers with iso.http',
  },
  {
    group: 'cert-manager.io',
    resources: ['certificates'],
    verbs: ['get', 'create', 'patch', 'delete'],
    onlyFor: 'servers with certificates of an issuer',
  },
  {
    group: 'kubevirt.io',
    resources: ['kubevirts'],
    verbs: ['list'],
    onlyFor: 'telling which KubeVirt there is',
    isOfCluster: true,
  },
  {
    group: '',
    resources: ['nodes'],
    verbs: ['list'],
    onlyFor: 'keeping containers from nodes that --cluster-cidrs does not name',
    isOfCluster: true,
  },
  { group: 'apps', resources: ['deployments'], verbs: KEEPS },
  { group: 'rbac.authorization.k8s.io', resources: ['roles', 'rolebindings'], verbs: KEEPS },
  { group: 'discovery.k8s.io', resources: ['endpointslices'], verbs: KEEPS },
  {
    group: 'kubevirt.io',
    resources: ['virtualmachineinstances'],
    verbs: ['get', 'list', 'watch', 'create', 'patch', 'delete'],
  },
  { group: 'anweddol.io', resources: ['anweddolservers'], verbs: ['serve'] },
  { group: 'events.k8s.io', resources: ['events'], verbs: ['create', 'patch'] },
];

/** In the namespace of its Lease. */
export function leaderRules(leaseName: string): readonly OperatorRule[] {
  const leases = { group: 'coordination.k8s.io', resources: ['leases'] };
  return [
    { ...leases, verbs: ['create'] },
    { ...leases, verbs: ['get', 'patch'], name: leaseName },
  ];
}
