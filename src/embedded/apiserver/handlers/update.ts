import { invalidValue } from '../base/field-error.ts';
import { invalid, notFound } from '../base/status-error.ts';
import { apiVersionOf } from '../registry/resource.ts';
import { commitCreate, commitUpdate } from './commit.ts';
import type { Answer, ResourceRequest, Server } from './context.ts';
import { checkPlace, conform, readObject } from './decode-body.ts';
import { writeOptions } from './options.ts';
import { subjectOf } from './subject.ts';

/** Kinds that a PUT creates where there is none yet, by `apiVersion/plural`. */
const CREATED_BY_PUT = new Set([
  'v1/endpoints',
  'v1/events',
  'v1/limitranges',
  'v1/services',
  'coordination.k8s.io/v1/leases',
  'events.k8s.io/v1/events',
  'rbac.authorization.k8s.io/v1/clusterrolebindings',
  'rbac.authorization.k8s.io/v1/clusterroles',
  'rbac.authorization.k8s.io/v1/rolebindings',
  'rbac.authorization.k8s.io/v1/roles',
]);

/** PUT on an object or on its status. */
export function update(server: Server, request: ResourceRequest): Answer {
  const options = writeOptions(request, 'UpdateOptions');
  const { resource, subresource } = request;
  const object = conform(readObject(request), request, server, options.fieldValidation);
  checkPlace(object, request);
  const old = server.store.collection(resource.storageKey).get(request.namespace, request.name ?? '');
  if (!old) {
    const creates = !subresource && CREATED_BY_PUT.has(`${apiVersionOf(resource)}/${resource.plural}`);
    if (!creates) throw notFound(subjectOf(request));
    return { code: 201, object: commitCreate(server, request, { object }, options) };
  }
  if (resource.custom && !object.metadata.resourceVersion) {
    const field = invalidValue('metadata.resourceVersion', 0, 'must be specified for an update');
    throw invalid({ group: resource.group, resource: resource.kind, name: request.name }, [field]);
  }
  return { code: 200, object: commitUpdate(server, request, old, { object }, options) };
}
