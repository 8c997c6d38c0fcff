/** Who the server pods are and what they may do: they face strangers, so no more than they use. */
import { API_GROUP } from '../../api/names.ts';
import type { AnweddolServer } from '../../api/resources.ts';
import type { Role, RoleBinding, ServiceAccount } from '../../kube/resources.ts';
import { objectNames, ownedMetadata } from './ownership.ts';

const RBAC_GROUP = 'rbac.authorization.k8s.io';

export function serviceAccount(server: AnweddolServer): ServiceAccount {
  return {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: ownedMetadata(server, objectNames(server).account),
  };
}

export function role(server: AnweddolServer): Role {
  return {
    apiVersion: `${RBAC_GROUP}/v1`,
    kind: 'Role',
    metadata: ownedMetadata(server, objectNames(server).role),
    rules: [
      {
        apiGroups: ['kubevirt.io'],
        resources: ['virtualmachineinstances'],
        verbs: ['get', 'list', 'watch', 'create', 'patch', 'delete'],
      },
      // Written once for each container and never read again.
      { apiGroups: [''], resources: ['secrets'], verbs: ['create'] },
      { apiGroups: ['discovery.k8s.io'], resources: ['endpointslices'], verbs: ['list', 'watch'] },
      // To tell why containers cannot be had.
      { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['create'] },
      // No API has this verb: the chart's policies know server pods by it, and hold what they make to the form of a container.
      {
        apiGroups: [API_GROUP],
        resources: ['anweddolservers'],
        resourceNames: [server.metadata.name],
        verbs: ['serve'],
      },
    ],
  };
}

export function roleBinding(server: AnweddolServer): RoleBinding {
  const names = objectNames(server);
  return {
    apiVersion: `${RBAC_GROUP}/v1`,
    kind: 'RoleBinding',
    metadata: ownedMetadata(server, names.role),
    roleRef: { apiGroup: RBAC_GROUP, kind: 'Role', name: names.role },
    subjects: [{ kind: 'ServiceAccount', name: names.account, namespace: server.metadata.namespace ?? '' }],
  };
}
