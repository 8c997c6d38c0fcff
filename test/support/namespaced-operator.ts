import type { KubeObject } from '../../src/kube/objects.ts';
import type { ClusterRoleBinding, Deployment, ValidatingAdmissionPolicyBinding } from '../../src/kube/resources.ts';
import { manifestsOf } from '../../src/main/demo/manifests.ts';

/** The operator's manifests for one namespace: it lives in it, has rights in it, and looks at nothing else. */
export async function namespacedOperator(namespace: string): Promise<KubeObject[]> {
  const manifests = await manifestsOf('deploy/operator');
  return manifests.filter(({ kind }) => kind !== 'Namespace').map((manifest) => within(namespace, manifest));
}

function within(namespace: string, manifest: KubeObject): KubeObject {
  const { kind, metadata } = manifest;
  const ownName = `${metadata.name}-${namespace}`;
  switch (kind) {
    case 'ClusterRole':
      return { ...manifest, metadata: { ...metadata, name: ownName } };
    case 'ClusterRoleBinding':
    case 'RoleBinding': {
      const { roleRef, subjects = [] } = manifest as ClusterRoleBinding;
      return {
        ...manifest,
        kind: 'RoleBinding',
        metadata: { ...metadata, namespace },
        roleRef: { ...roleRef, name: kind === 'RoleBinding' ? roleRef.name : ownName },
        subjects: subjects.map((subject) => ({ ...subject, namespace })),
      } as KubeObject;
    }
    case 'ValidatingAdmissionPolicy':
      return { ...manifest, metadata: { ...metadata, name: ownName } };
    case 'ValidatingAdmissionPolicyBinding': {
      const { spec } = manifest as ValidatingAdmissionPolicyBinding;
      const namespaceSelector = { matchLabels: { 'kubernetes.io/metadata.name': namespace } };
      const confined = {
        ...spec,
        policyName: `${spec?.policyName}-${namespace}`,
        matchResources: { namespaceSelector },
      };
      return { ...manifest, metadata: { ...metadata, name: ownName }, spec: confined } as KubeObject;
    }
    case 'Deployment':
      return { ...inNamespace(manifest as Deployment, namespace), metadata: { ...metadata, namespace } };
    default:
      return { ...manifest, metadata: { ...metadata, namespace } };
  }
}

function inNamespace(deployment: Deployment, namespace: string): Deployment {
  const copy = structuredClone(deployment);
  const [container] = copy.spec?.template.spec?.containers ?? [];
  if (!container) throw new Error('the operator has no container');
  container.args = [...(container.args ?? []), '--namespaces', namespace];
  return copy;
}
