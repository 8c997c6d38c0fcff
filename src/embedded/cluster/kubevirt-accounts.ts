import type { KubeClient } from '../../kube/client.ts';
import { ClusterRoleBinding, Namespace, ServiceAccount } from '../../kube/resources.ts';

const NAMESPACE = 'kubevirt';
const ACCOUNTS = ['kubevirt-controller', 'kubevirt-handler'] as const;
/** They live as long as the cluster does. */
const TOKEN_SECONDS = 365 * 24 * 3600;

/**
 * Makes the service accounts of KubeVirt's parts: admission knows them by name, and lets nobody else write the spec or
 * status of a machine. They may do anything, for the node is one of them.
 */
export async function kubevirtAccounts(
  client: KubeClient,
  signal: AbortSignal,
): Promise<Record<'controller' | 'handler', string>> {
  const namespace: Namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } };
  await client.create(Namespace, namespace, { signal });
  const binding: ClusterRoleBinding = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: 'kubevirt' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: ACCOUNTS.map((name) => ({ kind: 'ServiceAccount', name, namespace: NAMESPACE })),
  };
  await client.create(ClusterRoleBinding, binding, { signal });
  const [controller = '', handler = ''] = await Promise.all(ACCOUNTS.map((name) => account(client, name, signal)));
  return { controller, handler };
}

/** Makes the account; resolves with a token of it. */
async function account(client: KubeClient, name: string, signal: AbortSignal): Promise<string> {
  const metadata = { name, namespace: NAMESPACE };
  await client.create(ServiceAccount, { apiVersion: 'v1', kind: 'ServiceAccount', metadata }, { signal });
  const request = {
    apiVersion: 'authentication.k8s.io/v1',
    kind: 'TokenRequest',
    spec: { audiences: [], expirationSeconds: TOKEN_SECONDS },
  };
  const { status } = await client.createSubresource<{ status: { token: string } }>(
    ServiceAccount,
    metadata,
    'token',
    request,
    { signal },
  );
  return status.token;
}
