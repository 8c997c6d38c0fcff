/** The core group. */
import { coreEvents } from '../kinds/event-rules.ts';
import { namespaces } from '../kinds/namespaces.ts';
import { pods } from '../kinds/pods.ts';
import { configMaps, secrets } from '../kinds/secrets.ts';
import { services } from '../kinds/services.ts';
import { coreEventColumns } from '../tables/event-columns.ts';
import { nodeTable } from '../tables/node-columns.ts';
import { podColumns } from '../tables/pod-columns.ts';
import { endpointsColumns, serviceColumns } from '../tables/service-columns.ts';
import { claimColumns, configMapColumns, namespaceColumns, secretColumns } from '../tables/simple-columns.ts';
import type { BuiltinResource } from './define.ts';

const EVENT_FIELDS = [
  'involvedObject.kind',
  'involvedObject.namespace',
  'involvedObject.name',
  'involvedObject.uid',
  'involvedObject.apiVersion',
  'involvedObject.resourceVersion',
  'involvedObject.fieldPath',
  'reason',
  'reportingComponent',
  'source',
  'type',
];

const core = (resource: Omit<BuiltinResource, 'group' | 'version'>): BuiltinResource => ({
  group: '',
  version: 'v1',
  ...resource,
});

export const CORE_RESOURCES: readonly BuiltinResource[] = [
  core({
    plural: 'configmaps',
    kind: 'ConfigMap',
    namespaced: true,
    shortNames: ['cm'],
    behaviour: configMaps,
    columns: configMapColumns,
  }),
  core({ plural: 'endpoints', kind: 'Endpoints', namespaced: true, shortNames: ['ep'], columns: endpointsColumns }),
  core({
    plural: 'events',
    kind: 'Event',
    namespaced: true,
    behaviour: coreEvents,
    shortNames: ['ev'],
    wholeTable: coreEventColumns,
    selectableFields: EVENT_FIELDS,
  }),
  core({
    plural: 'namespaces',
    kind: 'Namespace',
    namespaced: false,
    shortNames: ['ns'],
    status: true,
    nameRule: 'label',
    others: [{ name: 'finalize', kind: 'Namespace', verbs: ['update'] }],
    behaviour: namespaces,
    columns: namespaceColumns,
    selectableFields: ['status.phase'],
    verbs: ['create', 'delete', 'get', 'list', 'patch', 'update', 'watch'],
  }),
  core({
    plural: 'nodes',
    kind: 'Node',
    namespaced: false,
    shortNames: ['no'],
    status: true,
    behaviour: { takesStatus: true },
    wholeTable: nodeTable,
    selectableFields: ['spec.unschedulable'],
  }),
  core({
    plural: 'persistentvolumeclaims',
    kind: 'PersistentVolumeClaim',
    namespaced: true,
    shortNames: ['pvc'],
    status: true,
    columns: claimColumns,
  }),
  core({
    plural: 'pods',
    kind: 'Pod',
    namespaced: true,
    shortNames: ['po'],
    categories: ['all'],
    status: true,
    generation: true,
    others: [
      { name: 'binding', kind: 'Binding', verbs: ['create'] },
      { name: 'log', kind: 'Pod', verbs: ['get'] },
    ],
    behaviour: pods,
    columns: podColumns,
    selectableFields: [
      'spec.nodeName',
      'spec.restartPolicy',
      'spec.schedulerName',
      'spec.serviceAccountName',
      'spec.hostNetwork',
      'status.phase',
      'status.podIP',
      'status.nominatedNodeName',
    ],
  }),
  core({
    plural: 'secrets',
    kind: 'Secret',
    namespaced: true,
    behaviour: secrets,
    columns: secretColumns,
    selectableFields: ['type'],
  }),
  core({
    plural: 'serviceaccounts',
    kind: 'ServiceAccount',
    namespaced: true,
    shortNames: ['sa'],
    others: [{ name: 'token', kind: 'TokenRequest', group: 'authentication.k8s.io', version: 'v1', verbs: ['create'] }],
  }),
  core({
    plural: 'services',
    kind: 'Service',
    namespaced: true,
    shortNames: ['svc'],
    categories: ['all'],
    status: true,
    nameRule: 'label',
    behaviour: services,
    columns: serviceColumns,
    selectableFields: ['spec.clusterIP', 'spec.type'],
  }),
];
