/** RBAC over the roles and bindings that are stored right now. */
import { asArray, asObject, asString, type JsonObject } from '../base/json.ts';
import type { StoredObject } from '../base/kube-object.ts';
import type { ObjectStore } from '../storage/object-store.ts';
import { type Access, allows, type PolicyRule, readRules } from './rules.ts';
import { ADMINS, AUTHENTICATED, type User } from './user.ts';

const RBAC = 'rbac.authorization.k8s.io';
const ALL: PolicyRule = { verbs: ['*'], apiGroups: ['*'], resources: ['*'], resourceNames: [], nonResourceURLs: [] };
const EVERY_PATH: PolicyRule = {
  verbs: ['*'],
  apiGroups: [],
  resources: [],
  resourceNames: [],
  nonResourceURLs: ['*'],
};
/** What everybody who has a token may ask: discovery, the server's health, and what they themselves may do. */
const BASIC: readonly PolicyRule[] = [
  {
    verbs: ['get'],
    apiGroups: [],
    resources: [],
    resourceNames: [],
    nonResourceURLs: [
      '/api',
      '/api/*',
      '/apis',
      '/apis/*',
      '/healthz',
      '/livez',
      '/openapi',
      '/openapi/*',
      '/readyz',
      '/version',
      '/version/',
    ],
  },
  {
    verbs: ['create'],
    apiGroups: ['authorization.k8s.io'],
    resources: ['selfsubjectaccessreviews', 'selfsubjectrulesreviews'],
    resourceNames: [],
    nonResourceURLs: [],
  },
];

export class Authorizer {
  readonly #store: ObjectStore;

  constructor(store: ObjectStore) {
    this.#store = store;
  }

  isAllowed(user: User, access: Access): boolean {
    if (user.groups.includes(ADMINS)) return true;
    const namespace = 'namespace' in access ? access.namespace : undefined;
    return this.rulesFor(user, namespace).some((rule) => allows(rule, access));
  }

  /** Everything a user may do in a namespace, cluster-wide rights included; those alone without a namespace. */
  rulesFor(user: User, namespace: string | undefined): PolicyRule[] {
    if (user.groups.includes(ADMINS)) return [ALL, EVERY_PATH];
    const bindings = [
      ...this.#list('clusterrolebindings'),
      ...(namespace ? this.#list('rolebindings', namespace) : []),
    ];
    const bound = bindings
      .filter((binding) => asArray(binding.subjects).some((subject) => speaksFor(asObject(subject), binding, user)))
      .flatMap((binding) => this.rulesOf(asObject(binding.roleRef), binding.metadata.namespace) ?? []);
    return [...(user.groups.includes(AUTHENTICATED) ? BASIC : []), ...bound];
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
