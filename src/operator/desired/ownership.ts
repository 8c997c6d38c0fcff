import { FIELD_MANAGER, LABEL_COMPONENT, LABEL_MANAGED_BY, LABEL_NAME, LABEL_SERVER } from '../../api/names.ts';
import type { AnweddolServer } from '../../api/resources.ts';
import type { KubeObject, ObjectMeta, OwnerReference } from '../../kube/objects.ts';

/** The server as the owner of everything made for it: what it owns goes when it goes. */
function ownerReference(server: AnweddolServer): OwnerReference {
  return {
    apiVersion: server.apiVersion,
    kind: server.kind,
    name: server.metadata.name,
    uid: server.metadata.uid ?? '',
    controller: true,
    blockOwnerDeletion: true,
  };
}

/** Name, namespace, labels and owner of an object of a server. */
export function ownedMetadata(server: AnweddolServer, name: string): ObjectMeta & { namespace: string } {
  return {
    name,
    namespace: server.metadata.namespace ?? '',
    labels: { [LABEL_MANAGED_BY]: FIELD_MANAGER, [LABEL_SERVER]: server.metadata.name },
    ownerReferences: [ownerReference(server)],
  };
}

/** Whether an object was made for this very server, and not for one that had its name before. */
export function isOwnedBy(server: AnweddolServer, { metadata }: KubeObject): boolean {
  const { uid } = server.metadata;
  return uid !== undefined && (metadata.ownerReferences ?? []).some((owner) => owner.controller && owner.uid === uid);
}

/** What selects the server pods of a server, and nothing else. */
export function serverPodLabels(server: AnweddolServer): Record<string, string> {
  return {
    [LABEL_NAME]: 'anweddol-server',
    [LABEL_COMPONENT]: 'server',
    [LABEL_SERVER]: server.metadata.name,
  };
}

/** The names of a server's objects. The Service has the server's own name. */
export function objectNames(server: AnweddolServer) {
  const { name } = server.metadata;
  return {
    service: name,
    account: `${name}-server`,
    role: `${name}-server`,
    deployment: `${name}-server`,
    budget: `${name}-server`,
    settings: `${name}-settings`,
  };
}
