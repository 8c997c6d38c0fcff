import type { KubeClient } from '../../kube/client.ts';
import { ClusterRoleBinding, Namespace, ServiceAccount } from '../../kube/resources.ts';
import { grant } from './machine-accounts.ts';

const NAMESPACE = 'kubevirt';
export const VIRT_CONTROLLER = { namespace: NAMESPACE, name: 'kubevirt-controller' };
/** The node acts by this account where it acts as virt-handler. */
export const VIRT_HANDLER = { namespace: NAMESPACE, name: 'kubevirt-handler' };

/** As KubeVirt itself grants them: the status of a machine is written by `update`, for it is no subresource. */
const HANDLER_RULES = [
  { apiGroups: ['kubevirt.io'], resources: ['virtualmachineinstances'], verbs: ['update', 'list', 'watch'] },
];

/**
 * Makes the service accounts of KubeVirt's parts: admission knows them by name, and lets nobody else write the spec or
 * status of a machine.
 */
export async function kubevirtAccounts(client: KubeClient, signal: AbortSignal): Promise<void> {
  const namespace: Namespace = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } };
  await client.create(Namespace, namespace, { signal });
  for (const metadata of [VIRT_CONTROLLER, VIRT_HANDLER]) {
    await client.create(ServiceAccount, { apiVersion: 'v1', kind: 'ServiceAccount', metadata }, { signal });
  }
  const controller: ClusterRoleBinding = {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name: VIRT_CONTROLLER.name },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [{ kind: 'ServiceAccount', ...VIRT_CONTROLLER }],
  };
  await client.create(ClusterRoleBinding, controller, { signal });
  await grant(client, VIRT_HANDLER.name, HANDLER_RULES, VIRT_HANDLER, signal);
}
