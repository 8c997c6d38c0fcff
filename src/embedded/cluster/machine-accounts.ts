import type { KubeClient } from '../../kube/client.ts';
import type { ObjectName } from '../../kube/objects.ts';
import { ClusterRole, ClusterRoleBinding, Namespace, ServiceAccount } from '../../kube/resources.ts';
import { serviceAccountToken } from './service-account-token.ts';

type Rule = NonNullable<ClusterRole['rules']>[number];

const NAMESPACE = 'embedded-system';
const FIELD_MANAGER = 'embedded';
const watching = ['list', 'watch'];

/** What the parts of this machine may do, as a kubelet with its scheduler, and as a load balancer. */
const RULES = {
  node: [
    rule('', ['pods'], ['get', 'delete', ...watching]),
    rule('', ['pods/status'], ['patch']),
    rule('', ['pods/binding'], ['create']),
    rule('', ['nodes'], ['create', 'patch', 'list', 'watch']),
    rule('', ['nodes/status'], ['patch']),
    rule('', ['secrets', 'configmaps'], watching),
    rule('', ['serviceaccounts'], ['get']),
    rule('', ['serviceaccounts/token'], ['create']),
  ],
  'load-balancer': [
    rule('', ['services'], watching),
    rule('', ['services/status'], ['patch']),
    rule('discovery.k8s.io', ['endpointslices'], watching),
  ],
} satisfies Record<string, Rule[]>;

/** Makes the service accounts of this machine's parts, or takes over those that are there. */
export async function machineAccounts(
  client: KubeClient,
  signal: AbortSignal,
): Promise<Record<keyof typeof RULES, string>> {
  const namespace: Namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } };
  await client.apply(Namespace, namespace, { fieldManager: FIELD_MANAGER, force: true, signal });
  const [node, loadBalancer] = await Promise.all([
    account(client, 'node', signal),
    account(client, 'load-balancer', signal),
  ]);
  return { node, 'load-balancer': loadBalancer };
}

/** Resolves with a token of the account. */
async function account(client: KubeClient, name: keyof typeof RULES, signal: AbortSignal): Promise<string> {
  const options = { fieldManager: FIELD_MANAGER, force: true, signal };
  const metadata: ObjectName & { name: string; namespace: string } = { name, namespace: NAMESPACE };
  await client.apply(ServiceAccount, { apiVersion: 'v1', kind: 'ServiceAccount', metadata }, options);
  await grant(client, `embedded:${name}`, RULES[name], metadata, signal);
  return serviceAccountToken(client, metadata, signal);
}

/** A ClusterRole of these rules, bound to the account. */
export async function grant(
  client: KubeClient,
  role: string,
  rules: Rule[],
  account: { name: string; namespace: string },
  signal: AbortSignal,
): Promise<void> {
  const options = { fieldManager: FIELD_MANAGER, force: true, signal };
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  await client.apply(ClusterRole, { apiVersion, kind: 'ClusterRole', metadata: { name: role }, rules }, options);
  const binding: ClusterRoleBinding = {
    apiVersion,
    kind: 'ClusterRoleBinding',
    metadata: { name: role },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
    subjects: [{ kind: 'ServiceAccount', ...account }],
  };
  await client.apply(ClusterRoleBinding, binding, options);
}

function rule(group: string, resources: string[], verbs: string[]): Rule {
  return { apiGroups: [group], resources, verbs };
}
