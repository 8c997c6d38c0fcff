/** `kubectl auth can-i`: may somebody do this? */
import type { Access } from '../auth/rules.ts';
import type { User } from '../auth/user.ts';
import { type FieldError, invalidValue } from '../base/field-error.ts';
import { asArray, asObject, asString, isObject, type JsonObject } from '../base/json.ts';
import { type StoredObject, specOf, timestamp } from '../base/kube-object.ts';
import { badRequest, invalid } from '../base/status-error.ts';
import type { Answer, ResourceRequest, Server } from '../handlers/context.ts';

/** For the asker: SelfSubjectAccessReview. */
export function selfAccessReview(server: Server, request: ResourceRequest, review: StoredObject): Answer {
  check(attributeErrors(specOf(review)));
  return answer(server, request.user, review);
}

/** For anybody: SubjectAccessReview, and LocalSubjectAccessReview for one namespace. */
export function accessReview(server: Server, request: ResourceRequest, review: StoredObject): Answer {
  const spec = specOf(review);
  const groups = asArray(spec.groups).map(asString);
  const errors = attributeErrors(spec);
  if (!spec.user && groups.length === 0) {
    errors.push(invalidValue('spec.user', '', 'at least one of user or group must be specified'));
  }
  const asked = asString(asObject(spec.resourceAttributes).namespace);
  if (request.namespace && asked !== request.namespace) {
    errors.push(invalidValue('spec.resourceAttributes.namespace', asked, 'must match metadata.namespace'));
  }
  check(errors);
  return answer(server, { name: asString(spec.user), groups }, review);
}

/** Everything that the asker may do in a namespace: SelfSubjectRulesReview. */
export function rulesReview(server: Server, request: ResourceRequest, review: StoredObject): Answer {
  const namespace = asString(specOf(review).namespace);
  if (namespace === '') throw badRequest('no namespace on request');
  const rules = server.authorizer.rulesFor(request.user, namespace);
  const members = (rule: object, keys: string[]): JsonObject =>
    Object.fromEntries(Object.entries(rule).filter(([key, list]) => keys.includes(key) && list.length > 0));
  const status = {
    resourceRules: rules
      .filter(({ resources }) => resources.length > 0)
      .map((rule) => members(rule, ['verbs', 'apiGroups', 'resources', 'resourceNames'])),
    nonResourceRules: rules
      .filter(({ nonResourceURLs }) => nonResourceURLs.length > 0)
      .map((rule) => members(rule, ['verbs', 'nonResourceURLs'])),
    incomplete: false,
  };
  return { code: 201, json: { ...review, metadata: {}, spec: {}, status } };
}

/** Who the asker is: `kubectl auth whoami`. */
export function selfReview(server: Server, { user }: ResourceRequest, review: StoredObject): Answer {
  const metadata = { creationTimestamp: timestamp(server.clock.now()) };
  return { code: 201, json: { ...review, metadata, status: { userInfo: userInfo(user) } } };
}

export function userInfo({ name, uid, groups, extra }: User): JsonObject {
  return {
    username: name,
    ...(uid && { uid }),
    groups: [...groups],
    ...(extra && { extra: Object.fromEntries(Object.entries(extra).map(([key, list]) => [key, [...list]])) }),
  };
}

function answer(server: Server, user: User, review: StoredObject): Answer {
  const { reason, allowed } = server.authorizer.decide(user, accessOf(specOf(review)));
  const status = { allowed, ...(reason && { reason }) };
  const { namespace } = review.metadata;
  return { code: 201, json: { ...review, metadata: namespace ? { namespace } : {}, status } };
}

function attributeErrors(spec: JsonObject): FieldError[] {
  const { resourceAttributes, nonResourceAttributes } = spec;
  if (isObject(resourceAttributes) && isObject(nonResourceAttributes)) {
    const { path, verb } = nonResourceAttributes;
    const why = 'cannot be specified in combination with resourceAttributes';
    return [invalidValue('spec.nonResourceAttributes', { Path: path ?? '', Verb: verb ?? '' }, why)];
  }
  if (isObject(resourceAttributes) || isObject(nonResourceAttributes)) return [];
  const why = 'exactly one of nonResourceAttributes or resourceAttributes must be specified';
  return [invalidValue('spec.resourceAttributes', null, why)];
}

function check(errors: FieldError[]): void {
  if (errors.length > 0) throw invalid({ group: 'authorization.k8s.io', resource: '' }, errors);
}

function accessOf(spec: JsonObject): Access {
  if (isObject(spec.nonResourceAttributes)) {
    return { verb: asString(spec.nonResourceAttributes.verb), path: asString(spec.nonResourceAttributes.path) };
  }
  const { verb, group, resource, subresource, namespace, name } = asObject(spec.resourceAttributes);
  return {
    verb: asString(verb),
    group: asString(group),
    resource: asString(resource),
    subresource: asString(subresource) || undefined,
    namespace: asString(namespace) || undefined,
    name: asString(name) || undefined,
  };
}
