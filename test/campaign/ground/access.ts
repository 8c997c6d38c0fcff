import { serviceAccountToken } from '../../../src/embedded/cluster/service-account-token.ts';
import type { KubeClient } from '../../../src/kube/client.ts';
import { RoleBinding, ServiceAccount } from '../../../src/kube/resources.ts';
import { OPERATOR_ROLE } from './ground.ts';

const NAME = 'campaign-operator';

/** A token that may do in one namespace what the manifests grant the operator, and nothing else. */
export async function operatorToken(admin: KubeClient, namespace: string, signal: AbortSignal): Promise<string> {
  const metadata = { namespace, name: NAME };
  await admin.create(ServiceAccount, { apiVersion: 'v1', kind: 'ServiceAccount', metadata }, { signal });
  const rbac = 'rbac.authorization.k8s.io';
  const binding: RoleBinding = {
    apiVersion: `${rbac}/v1`,
    kind: 'RoleBinding',
    metadata,
    roleRef: { apiGroup: rbac, kind: 'ClusterRole', name: OPERATOR_ROLE },
    subjects: [{ kind: 'ServiceAccount', ...metadata }],
  };
  await admin.create(RoleBinding, binding, { signal });
  return serviceAccountToken(admin, metadata, signal);
}

/** What a program is given to reach the API server through a proxy. JSON, which is YAML too. */
export function plainKubeconfig(url: string, token: string, namespace: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'campaign', cluster: { server: url } }],
    users: [{ name: 'campaign', user: { token } }],
    contexts: [{ name: 'campaign', context: { cluster: 'campaign', user: 'campaign', namespace } }],
    'current-context': 'campaign',
  });
}

/** Rights take effect a moment after they are granted: resolves when they have. */
export async function untilGranted(url: string, token: string, namespace: string, signal: AbortSignal): Promise<void> {
  const path = `/apis/kubevirt.io/v1/namespaces/${namespace}/virtualmachineinstances?limit=1`;
  while (true) {
    const answer = await fetch(url + path, { headers: { Authorization: `Bearer ${token}` }, signal });
    await answer.body?.cancel();
    if (answer.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 20));
    signal.throwIfAborted();
  }
}
