/** What the expressions of policies are given. */
import type { Authorizer } from '../../auth/authorizer.ts';
import { isObject, type JsonValue } from '../../base/json.ts';
import { celValue } from '../../cel/values.ts';
import { AuthorizerValue } from './authorizer-value.ts';
import type { Write } from './match.ts';

export interface PolicyInput {
  object: unknown;
  oldObject: unknown;
  request: unknown;
  authorizer: AuthorizerValue;
}

export function inputOf(authorizer: Authorizer, write: Write): PolicyInput {
  const value = (each: JsonValue | undefined) => (isObject(each) ? celValue(each, undefined) : null);
  return {
    object: value(write.object),
    oldObject: value(write.oldObject),
    request: requestOf(write),
    authorizer: new AuthorizerValue((access) => authorizer.decide(write.request.user, access)),
  };
}

/** @see https://kubernetes.io/docs/reference/config-api/apiserver-admission.v1/#admission-k8s-io-v1-AdmissionRequest */
function requestOf({ request, operation, object, oldObject }: Write): object {
  const { group, version, kind, plural } = request.resource;
  const { name: username, uid, groups, extra } = request.user;
  return {
    kind: { group, version, kind },
    resource: { group, version, resource: plural },
    ...(request.subresource && { subResource: request.subresource }),
    name: (object ?? oldObject)?.metadata.name ?? '',
    namespace: request.namespace ?? '',
    operation,
    userInfo: { username, groups: [...groups], ...(uid && { uid }), ...(extra && { extra }) },
  };
}
