/** RBAC over the roles and bindings that are stored right now. */
import { asArray, asObject, asString, type JsonObject } from '../base/json.ts';
import type { StoredObject } from '../base/kube-object.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { type Access, allows, type PolicyRule, readRules } from './rules.ts';
import { ADMINS, type User } from './user.ts';

const RBAC = 'rbac.authorization.k8s.io';
const ALL: PolicyRule = { verbs: ['*'], apiGroups: ['*'], resources: ['*'], resourceNames: [], nonResourceURLs: [] };
const EVERY_PATH: PolicyRule = {
  verbs: ['*'],
  apiGroups: [],
  resources: [],
  resourceNames: [],
  nonResourceURLs: ['*'],
};

/** A right, and the binding that gives it. */
interface Grant {
  rule: PolicyRule;
  reason: string;
}

export class Authorizer {
  readonly #store: ObjectStore;

  constructor(store: ObjectStore) {
    this.#store = store;
  }

  isAllowed(user: User, access: Access): boolean {
    return this.decide(user, access).allowed;
  }

  /** With the binding that allows it, where one does. */
  decide(user: User, access: Access): { allowed: boolean; reason?: string } {
    if (user.groups.includes(ADMINS)) return { allowed: true };
    const namespace = 'namespace' in access ? access.namespace : undefined;
    const grant = this.#grants(user, namespace).find(({ rule }) => allows(rule, access));
    return grant ? { allowed: true, reason: grant.reason } : { allowed: false };
  }

  /** Everything a user may do in a namespace, cluster-wide rights included; those alone without a namespace. */
  rulesFor(user: User, namespace: string | undefined): PolicyRule[] {
    if (user.groups.includes(ADMINS)) return [ALL, EVERY_PATH];
    return this.#grants(user, namespace).map(({ rule }) => rule);
  }

  #grants(user: User, namespace: string | undefined): Grant[] {
    const bindings = [
      ...this.#list('clusterrolebindings'),
      ...(namespace ? this.#list('rolebindings', namespace) : []),
    ];
    return bindings.flatMap((binding) => {
      const subject = asArray(binding.subjects)
        .map(asObject)
        .find((each) => speaksFor(each, binding, user));
      if (!subject) return [];
      const rules = this.rulesOf(asObject(binding.roleRef), binding.metadata.namespace) ?? [];
      return rules.map((rule) => ({ rule, reason: reasonOf(binding, subject) }));
    });
  }

  /** The rules of a role that a binding points at, `undefined` when there is no such role. */
  rulesOf(roleRef: JsonObject, namespace: string | undefined): PolicyRule[] | undefined {
    const name = asString(roleRef.name);
    const role =
      roleRef.kind === 'Role'
        ? this.#collection('roles').get(namespace, name)
        : this.#collection('clusterroles').get(undefined, name);
    if (!role) return undefined;
    return [...readRules(role.rules), ...this.#aggregated(role)];
  }

  /** The rules of the ClusterRoles that an aggregated one gathers by label. */
  #aggregated(role: StoredObject): PolicyRule[] {
    const selectors = asArray(asObject(role.aggregationRule).clusterRoleSelectors).map((each) =>
      Object.entries(asObject(asObject(each).matchLabels)),
    );
    if (selectors.length === 0) return [];
    return this.#list('clusterroles')
      .filter((other) => other.metadata.uid !== role.metadata.uid)
      .filter((other) =>
        selectors.some((labels) => labels.every(([key, value]) => asObject(other.metadata.labels)[key] === value)),
      )
      .flatMap((other) => readRules(other.rules));
  }

  #collection(plural: string) {
    return this.#store.collection(`${plural}.${RBAC}`);
  }

  #list(plural: string, namespace?: string): StoredObject[] {
    return this.#collection(plural).list(namespace);
  }
}

/** In the words of the API server. */
function reasonOf({ kind, metadata, roleRef }: StoredObject, subject: JsonObject): string {
  const quoted = (name: unknown, namespace: unknown) =>
    JSON.stringify(namespace ? `${String(name)}/${String(namespace)}` : String(name));
  const role = asObject(roleRef);
  const binding = `${kind} ${quoted(metadata.name, metadata.namespace)} of ${asString(role.kind)} ${quoted(role.name, '')}`;
  return `RBAC: allowed by ${binding} to ${asString(subject.kind)} ${quoted(subject.name, subject.namespace)}`;
}

function speaksFor(subject: JsonObject, binding: StoredObject, user: User): boolean {
  const name = asString(subject.name);
  switch (subject.kind) {
    case 'User':
      return user.name === name;
    case 'Group':
      return user.groups.includes(name);
    case 'ServiceAccount': {
      const namespace = asString(subject.namespace) || binding.metadata.namespace;
      return user.name === `system:serviceaccount:${namespace}:${name}`;
    }
    default:
      return false;
  }
}
