/** Who may do what, as the API server says. */
import type { KubeClient } from '../../kube/client.ts';
import { type Attributes, SelfSubjectAccessReview, SubjectAccessReview } from '../cluster/resources.ts';

/** Whether the asker may. @throws KubeError */
export async function mayI(kube: KubeClient, resourceAttributes: Attributes, signal: AbortSignal): Promise<boolean> {
  const review: SelfSubjectAccessReview = { ...objectOf('SelfSubjectAccessReview'), spec: { resourceAttributes } };
  return isAllowed(await kube.create(SelfSubjectAccessReview, review, { signal }));
}

/** Whether a ServiceAccount may. @throws KubeError also for who may not ask that */
export async function mayAccount(
  kube: KubeClient,
  { namespace, name }: { namespace: string; name: string },
  resourceAttributes: Attributes,
  signal: AbortSignal,
): Promise<boolean> {
  const user = `system:serviceaccount:${namespace}:${name}`;
  const groups = ['system:serviceaccounts', `system:serviceaccounts:${namespace}`, 'system:authenticated'];
  const spec = { resourceAttributes, user, groups };
  const review: SubjectAccessReview = { ...objectOf('SubjectAccessReview'), spec };
  return isAllowed(await kube.create(SubjectAccessReview, review, { signal }));
}

function objectOf(kind: string) {
  return { apiVersion: 'authorization.k8s.io/v1', kind, metadata: { name: '' } };
}

function isAllowed({ status }: { status?: { allowed: boolean } }): boolean {
  return status?.allowed ?? false;
}
