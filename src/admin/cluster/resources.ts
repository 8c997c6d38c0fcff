/** Resources that only an administrator's commands look at; only what is read of them. */
import type { KubeObject, Resource } from '../../kube/objects.ts';

export interface ResourceQuota extends KubeObject {
  status?: { hard?: Record<string, string>; used?: Record<string, string> };
}
export const ResourceQuota: Resource<ResourceQuota> = {
  group: '',
  version: 'v1',
  plural: 'resourcequotas',
  kind: 'ResourceQuota',
  namespaced: true,
};

export type DaemonSet = KubeObject;
export const DaemonSet: Resource<DaemonSet> = {
  group: 'apps',
  version: 'v1',
  plural: 'daemonsets',
  kind: 'DaemonSet',
  namespaced: true,
};

interface DeveloperConfiguration {
  useEmulation?: boolean;
  featureGates?: string[];
  /** From KubeVirt 1.9 on. */
  disabledFeatureGates?: string[];
}

/** As the operator reads it, and more. */
export interface KubeVirtInstall extends KubeObject {
  spec: { configuration?: { developerConfiguration?: DeveloperConfiguration } };
  status?: { phase?: string; observedKubeVirtVersion?: string };
}
export const KubeVirtInstall: Resource<KubeVirtInstall> = {
  group: 'kubevirt.io',
  version: 'v1',
  plural: 'kubevirts',
  kind: 'KubeVirt',
  namespaced: true,
};

export interface Attributes {
  verb: string;
  group: string;
  resource: string;
  subresource?: string;
  name?: string;
  namespace?: string;
}

interface AccessReview extends Omit<KubeObject, 'metadata'> {
  metadata: KubeObject['metadata'];
  spec: { resourceAttributes: Attributes; user?: string; groups?: string[] };
  status?: { allowed: boolean };
}

export type SelfSubjectAccessReview = AccessReview;
export const SelfSubjectAccessReview = review('SelfSubjectAccessReview');
export type SubjectAccessReview = AccessReview;
export const SubjectAccessReview = review('SubjectAccessReview');

function review(kind: string): Resource<AccessReview> {
  const plural = `${kind.toLowerCase()}s`;
  return { group: 'authorization.k8s.io', version: 'v1', plural, kind, namespaced: false };
}
