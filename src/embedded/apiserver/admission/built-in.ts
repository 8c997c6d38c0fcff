/** The admission plugins of the API server itself. */
import type { StoredObject } from '../base/kube-object.ts';
import type { Operation, ResourceRequest, Server } from '../handlers/context.ts';
import { admitPodSecurity, checkPodSecurityLabels } from './pod-security/admit-pod-security.ts';
import { admitServiceAccount } from './service-account.ts';

/** The object as it will be stored. @throws KubeStatusError when it is refused */
export function admitBuiltIn(
  server: Server,
  request: ResourceRequest,
  operation: Operation,
  object: StoredObject,
): StoredObject {
  if (operation === 'DELETE' || request.subresource) return object;
  const { group, plural } = request.resource;
  switch (group === '' ? plural : `${plural}.${group}`) {
    case 'namespaces':
      checkPodSecurityLabels(object);
      return object;
    case 'pods': {
      if (operation !== 'CREATE') return object;
      const pod = admitServiceAccount(server, request, object);
      admitPodSecurity(server, request, pod);
      return pod;
    }
    case 'deployments.apps':
    case 'replicasets.apps':
      admitPodSecurity(server, request, object);
      return object;
    default:
      return object;
  }
}
