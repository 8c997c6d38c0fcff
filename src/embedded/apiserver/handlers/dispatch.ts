/** Which handler answers a request for a resource. */

import type { StoredObject } from '../base/kube-object.ts';
import { badRequest, methodNotAllowed, noSuchMethod, notFound, unknownResource } from '../base/status-error.ts';
import { accessReview, rulesReview, selfAccessReview, selfReview } from '../reviews/access-reviews.ts';
import { tokenReview } from '../reviews/token-review.ts';
import { bindPod } from './bind-pod.ts';
import type { Answer, ResourceRequest, Server } from './context.ts';
import { create } from './create.ts';
import { conform, readObject } from './decode-body.ts';
import { remove, removeCollection } from './delete.ts';
import { patch } from './patch.ts';
import { get, list } from './read.ts';
import { getScale, patchScale, updateScale } from './scale.ts';
import { subjectOf } from './subject.ts';
import { finalizeNamespace } from './subresources.ts';
import { requestToken } from './token-request.ts';
import { update } from './update.ts';

const REVIEWS: Readonly<Record<string, (server: Server, request: ResourceRequest, review: StoredObject) => Answer>> = {
  'selfsubjectaccessreviews.authorization.k8s.io': selfAccessReview,
  'subjectaccessreviews.authorization.k8s.io': accessReview,
  'localsubjectaccessreviews.authorization.k8s.io': accessReview,
  'selfsubjectrulesreviews.authorization.k8s.io': rulesReview,
  'selfsubjectreviews.authentication.k8s.io': selfReview,
  'tokenreviews.authentication.k8s.io': tokenReview,
};

/** @param verb as the authorizer sees it; watches are answered elsewhere */
export function dispatch(server: Server, request: ResourceRequest, verb: string): Answer {
  const { resource, subresource } = request;
  if (resource.deprecation) request.warnings.push(resource.deprecation);
  if (subresource === 'scale' && resource.scale) return dispatchScale(server, request, verb);
  if (subresource !== undefined && !(subresource === 'status' && resource.hasStatus)) {
    return dispatchAction(server, request, verb);
  }
  const review = REVIEWS[`${resource.plural}.${resource.group}`];
  if (review && verb === 'create') {
    const object = conform(readObject(request), request, server, 'Ignore');
    if (request.namespace) object.metadata.namespace = request.namespace;
    return review(server, request, object);
  }
  const isWithoutNamespace = resource.namespaced && !request.namespace;
  if (isWithoutNamespace && verb !== 'list') throw refused(request, verb);
  const onStatus = subresource === 'status';
  const isForAll = request.name === undefined;
  if (isForAll ? verb === 'update' || verb === 'patch' : verb === 'create') throw refused(request, verb);
  if (!resource.verbs.some((each) => each === verb) || (onStatus && !['get', 'update', 'patch'].includes(verb))) {
    throw refused(request, verb);
  }
  switch (verb) {
    case 'get':
      return get(server, request);
    case 'list':
      return list(server, request);
    case 'create':
      return create(server, request);
    case 'update':
      return update(server, request);
    case 'patch':
      return patch(server, request);
    case 'delete':
      return remove(server, request);
    case 'deletecollection':
      return removeCollection(server, request);
    default:
      throw badRequest(`unknown verb ${verb}`);
  }
}

/** Built-in resources have no route for what they don't do; custom ones have, and refuse by name. */
function refused(request: ResourceRequest, verb: string): Error {
  if (request.resource.custom) return methodNotAllowed({ ...subjectOf(request), name: undefined }, verb);
  return noSuchMethod();
}

function dispatchScale(server: Server, request: ResourceRequest, verb: string): Answer {
  const paths = request.resource.scale;
  if (paths && verb === 'get') return getScale(server, request, paths);
  if (paths && verb === 'update') return updateScale(server, request, paths);
  if (paths && verb === 'patch') return patchScale(server, request, paths);
  throw refused(request, verb);
}

function dispatchAction(server: Server, request: ResourceRequest, verb: string): Answer {
  const action = request.resource.others.find(({ name }) => name === request.subresource);
  if (!action) throw request.resource.custom ? notFound(subjectOf(request)) : unknownResource();
  if (!action.verbs.some((each) => each === verb)) throw refused(request, verb);
  switch (`${request.resource.plural}/${action.name}`) {
    case 'pods/binding':
      return bindPod(server, request);
    case 'serviceaccounts/token':
      return requestToken(server, request);
    case 'namespaces/finalize':
      return finalizeNamespace(server, request);
    default:
      throw unknownResource();
  }
}
