/** `kubectl auth can-i`: may the asker do this? */

import type { Access } from '../auth/rules.ts';
import { asObject, asString, isObject } from '../base/json.ts';
import type { StoredObject } from '../base/kube-object.ts';
import { badRequest } from '../base/status-error.ts';
import type { Answer, ResourceRequest, Server } from './context.ts';

export function accessReview(server: Server, request: ResourceRequest, review: StoredObject): Answer {
  const allowed = server.authorizer.isAllowed(request.user, accessOf(review));
  return { code: 201, json: { ...review, metadata: {}, status: { allowed } } };
}

function accessOf(review: StoredObject): Access {
  const spec = asObject(review.spec);
  if (isObject(spec.nonResourceAttributes)) {
    return { verb: asString(spec.nonResourceAttributes.verb), path: asString(spec.nonResourceAttributes.path) };
  }
  if (!isObject(spec.resourceAttributes)) {
    throw badRequest('spec: exactly one of nonResourceAttributes or resourceAttributes must be specified');
  }
  const { verb, group, resource, subresource, namespace, name } = spec.resourceAttributes;
  return {
    verb: asString(verb),
    group: asString(group),
    resource: asString(resource),
    subresource: asString(subresource) || undefined,
    namespace: asString(namespace) || undefined,
    name: asString(name) || undefined,
  };
}
