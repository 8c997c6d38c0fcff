/** Nothing is created in a namespace that is not there, or that is ending. */
import { isEnding, type StoredObject } from '../base/kube-object.ts';
import { badRequest, KubeStatusError, notFound, qualified } from '../base/status-error.ts';
import type { ResourceRequest, Server } from './context.ts';
import { subjectOf } from './subject.ts';

/** @throws KubeStatusError 404 without the namespace, 403 while it ends, 400 when the object names another one */
export function requireNamespace(server: Server, request: ResourceRequest, object: StoredObject): void {
  const { resource, namespace } = request;
  if (!resource.namespaced) return;
  const own = object.metadata.namespace;
  if (own && own !== namespace) {
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  }
  const found = server.store.collection('namespaces').get(undefined, namespace ?? '');
  if (!found) throw notFound({ group: '', resource: 'namespaces', name: namespace });
  if (!isEnding(found)) return;
  const subject = subjectOf(request, object.metadata.name || object.metadata.generateName || undefined);
  const what = subject.name ? `${qualified(subject)} "${subject.name}"` : qualified(subject);
  const message = `unable to create new content in namespace ${namespace} because it is being terminated`;
  throw new KubeStatusError(403, 'Forbidden', `${what} is forbidden: ${message}`, {
    name: subject.name,
    ...(subject.group ? { group: subject.group } : {}),
    kind: subject.resource,
    causes: [
      {
        reason: 'NamespaceTerminating',
        message: `namespace ${namespace} is being terminated`,
        field: 'metadata.namespace',
      },
    ],
  });
}
