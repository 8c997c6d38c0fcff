/** The built-in groups beside the core group. */

import { admissionPolicies, admissionPolicyBindings } from '../kinds/admission-policies.ts';
import { customResourceDefinitions } from '../kinds/custom-resource-definitions.ts';
import { podDisruptionBudgets } from '../kinds/disruption-budgets.ts';
import { endpointSlices } from '../kinds/endpoint-slices.ts';
import { groupEvents } from '../kinds/event-rules.ts';
import { eventConversion } from '../kinds/events.ts';
import { leases } from '../kinds/leases.ts';
import { networkPolicies } from '../kinds/network-policies.ts';
import { roleBindings, roles } from '../kinds/roles.ts';
import { deployments, replicaSets } from '../kinds/workloads.ts';
import { groupEventColumns } from '../tables/event-columns.ts';
import { endpointSliceColumns } from '../tables/service-columns.ts';
import {
  admissionPolicyBindingColumns,
  admissionPolicyColumns,
  bindingColumns,
  budgetColumns,
  createdAtTable,
  leaseColumns,
  networkPolicyColumns,
} from '../tables/simple-columns.ts';
import { deploymentColumns, replicaSetColumns } from '../tables/workload-columns.ts';
import type { BuiltinResource } from './define.ts';

const RBAC = { group: 'rbac.authorization.k8s.io', version: 'v1', nameRule: 'path' } as const;
const APPS = {
  group: 'apps',
  version: 'v1',
  namespaced: true,
  status: true,
  generation: true,
  scale: true,
  categories: ['all'],
} as const;
const EVENT_FIELDS = [
  'reason',
  'type',
  'reportingController',
  'regarding.kind',
  'regarding.name',
  'regarding.namespace',
  'regarding.uid',
];

export const GROUP_RESOURCES: readonly BuiltinResource[] = [
  {
    ...APPS,
    plural: 'deployments',
    kind: 'Deployment',
    shortNames: ['deploy'],
    behaviour: deployments,
    columns: deploymentColumns,
  },
  {
    ...APPS,
    plural: 'replicasets',
    kind: 'ReplicaSet',
    shortNames: ['rs'],
    behaviour: replicaSets,
    columns: replicaSetColumns,
  },
  {
    group: 'events.k8s.io',
    version: 'v1',
    plural: 'events',
    kind: 'Event',
    type: 'EventsEvent',
    behaviour: groupEvents,
    storedWith: { storageKey: 'events', apiVersion: 'v1', conversion: eventConversion },
    namespaced: true,
    shortNames: ['ev'],
    wholeTable: groupEventColumns,
    selectableFields: EVENT_FIELDS,
  },
  ...reviews('authentication.k8s.io', ['SelfSubjectReview', 'TokenReview']),
  ...reviews('authorization.k8s.io', [
    'LocalSubjectAccessReview',
    'SelfSubjectAccessReview',
    'SelfSubjectRulesReview',
    'SubjectAccessReview',
  ]),
  {
    group: 'networking.k8s.io',
    version: 'v1',
    plural: 'networkpolicies',
    kind: 'NetworkPolicy',
    namespaced: true,
    shortNames: ['netpol'],
    generation: true,
    behaviour: networkPolicies,
    columns: networkPolicyColumns,
  },
  {
    group: 'policy',
    version: 'v1',
    plural: 'poddisruptionbudgets',
    kind: 'PodDisruptionBudget',
    namespaced: true,
    shortNames: ['pdb'],
    status: true,
    generation: true,
    behaviour: podDisruptionBudgets,
    columns: budgetColumns,
  },
  {
    ...RBAC,
    plural: 'clusterrolebindings',
    kind: 'ClusterRoleBinding',
    namespaced: false,
    behaviour: roleBindings,
    columns: bindingColumns,
  },
  {
    ...RBAC,
    plural: 'clusterroles',
    kind: 'ClusterRole',
    namespaced: false,
    behaviour: roles,
    wholeTable: createdAtTable,
  },
  {
    ...RBAC,
    plural: 'rolebindings',
    kind: 'RoleBinding',
    namespaced: true,
    behaviour: roleBindings,
    columns: bindingColumns,
  },
  { ...RBAC, plural: 'roles', kind: 'Role', namespaced: true, behaviour: roles, wholeTable: createdAtTable },
  {
    group: 'apiextensions.k8s.io',
    version: 'v1',
    plural: 'customresourcedefinitions',
    kind: 'CustomResourceDefinition',
    namespaced: false,
    shortNames: ['crd', 'crds'],
    categories: ['api-extensions'],
    status: true,
    generation: true,
    behaviour: customResourceDefinitions,
    wholeTable: createdAtTable,
  },
  {
    group: 'admissionregistration.k8s.io',
    version: 'v1',
    plural: 'validatingadmissionpolicies',
    kind: 'ValidatingAdmissionPolicy',
    namespaced: false,
    categories: ['api-extensions'],
    status: true,
    generation: true,
    behaviour: admissionPolicies,
    columns: admissionPolicyColumns,
  },
  {
    group: 'admissionregistration.k8s.io',
    version: 'v1',
    plural: 'validatingadmissionpolicybindings',
    kind: 'ValidatingAdmissionPolicyBinding',
    namespaced: false,
    categories: ['api-extensions'],
    generation: true,
    behaviour: admissionPolicyBindings,
    columns: admissionPolicyBindingColumns,
  },
  {
    group: 'coordination.k8s.io',
    version: 'v1',
    plural: 'leases',
    kind: 'Lease',
    namespaced: true,
    behaviour: leases,
    columns: leaseColumns,
  },
  {
    group: 'discovery.k8s.io',
    version: 'v1',
    plural: 'endpointslices',
    kind: 'EndpointSlice',
    namespaced: true,
    generation: true,
    behaviour: endpointSlices,
    columns: endpointSliceColumns,
  },
];

/** Questions in the form of objects, which are answered and not kept. */
function reviews(group: string, kinds: readonly string[]): BuiltinResource[] {
  return kinds.map((kind) => ({
    group,
    version: 'v1',
    plural: `${kind.toLowerCase()}s`,
    kind,
    namespaced: kind.startsWith('Local'),
    verbs: ['create'],
  }));
}
