/** What the `restricted` Pod Security Standard asks of a pod and of its containers. */
import type { V1PodSecurityContext, V1SecurityContext } from '@kubernetes/client-node';
import type { Json } from '../../kube/objects.ts';

/** The user of the image. */
const NONROOT = 65_532;

export function restrictedPod(): Json<V1PodSecurityContext> {
  return {
    runAsNonRoot: true,
    runAsUser: NONROOT,
    runAsGroup: NONROOT,
    fsGroup: NONROOT,
    seccompProfile: { type: 'RuntimeDefault' },
  };
}

export function restrictedContainer(): Json<V1SecurityContext> {
  return { allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: { drop: ['ALL'] } };
}
