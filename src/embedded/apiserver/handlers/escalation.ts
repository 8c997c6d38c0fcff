/** Nobody grants what they don't hold themselves, unless they may `escalate` roles or `bind` them. */

import { compact, type PolicyRule, readRules, ruleText, uncovered } from '../auth/rules.ts';
import { asArray, asObject, asString, equal } from '../base/json.ts';
import type { StoredObject } from '../base/kube-object.ts';
import { forbidden, notFound } from '../base/status-error.ts';
import type { ResourceRequest, Server } from './context.ts';
import { subjectOf } from './subject.ts';

const RBAC = 'rbac.authorization.k8s.io';

/** @throws KubeStatusError 403 naming what the user would grant beyond their own rights */
export function checkNoEscalation(
  server: Server,
  request: ResourceRequest,
  object: StoredObject,
  old: StoredObject | undefined,
): void {
  if (request.resource.group !== RBAC) return;
  if (request.resource.plural === 'roles' || request.resource.plural === 'clusterroles') {
    if (old && equal(object.rules, old.rules) && equal(object.aggregationRule, old.aggregationRule)) return;
    checkRole(server, request, object);
  } else {
    if (old && equal(object.subjects, old.subjects) && equal(object.roleRef, old.roleRef)) return;
    checkBinding(server, request, object);
  }
}

function checkRole(server: Server, request: ResourceRequest, role: StoredObject): void {
  if (mayAnyway(server, request, 'escalate', request.resource.plural, role.metadata.name)) return;
  refuseExtra(server, request, readRules(role.rules), role);
}

function checkBinding(server: Server, request: ResourceRequest, binding: StoredObject): void {
  const roleRef = asObject(binding.roleRef);
  const plural = roleRef.kind === 'Role' ? 'roles' : 'clusterroles';
  if (mayAnyway(server, request, 'bind', plural, asString(roleRef.name))) return;
  const rules = server.authorizer.rulesOf(roleRef, request.namespace);
  if (!rules) throw notFound({ group: RBAC, resource: plural, name: asString(roleRef.name) });
  refuseExtra(server, request, rules, binding);
}

function mayAnyway(
  server: Server,
  request: ResourceRequest,
  verb: string,
  resource: string,
  name: string | undefined,
): boolean {
  const { user, namespace } = request;
  return server.authorizer.isAllowed(user, { verb, group: RBAC, resource, namespace, name });
}

function refuseExtra(
  server: Server,
  request: ResourceRequest,
  rules: readonly PolicyRule[],
  object: StoredObject,
): void {
  const held = server.authorizer.rulesFor(request.user, request.namespace);
  const extra = rules.flatMap((rule) => uncovered(rule, held));
  if (extra.length === 0) return;
  const { name, groups } = request.user;
  const quoted = asArray([...groups])
    .map((group) => JSON.stringify(group))
    .join(' ');
  const who = `user ${JSON.stringify(name)} (groups=[${quoted}])`;
  const list = compact(extra).map(ruleText).join('\n');
  throw forbidden(
    subjectOf(request, object.metadata.name),
    `${who} is attempting to grant RBAC permissions not currently held:\n${list}`,
  );
}
