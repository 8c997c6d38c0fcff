/** What a real API server refuses the pods and machines of a namespace for, as an administrator would set it up. */
import type { KubeClient } from '../../../src/kube/client.ts';
import type { KubeObject, Resource } from '../../../src/kube/objects.ts';
import { Namespace, Pod, VirtualMachineInstance } from '../../../src/kube/resources.ts';
import { isRefusal } from '../../../src/virtualization/kubevirt/platform-error.ts';

interface Quota extends KubeObject {
  spec: { hard: Record<string, string> };
}
const Quota: Resource<Quota> = {
  group: '',
  version: 'v1',
  plural: 'resourcequotas',
  kind: 'ResourceQuota',
  namespaced: true,
};
const policyKind = (kind: string): Resource => ({
  group: 'admissionregistration.k8s.io',
  version: 'v1',
  plural: kind === 'ValidatingAdmissionPolicy' ? 'validatingadmissionpolicies' : 'validatingadmissionpolicybindings',
  kind,
  namespaced: false,
});
const ENFORCE = 'pod-security.kubernetes.io/enforce';

interface Place {
  kube: KubeClient;
  namespace: string;
  patience(): AbortSignal;
}

/** Resolves when the API server acts on it, to what takes it away again. */
export type Refusal = (place: Place) => Promise<() => Promise<void>>;

/**
 * @param hard such as `{ pods: '0' }`
 * @param probe what it refuses
 */
export function quota(hard: Record<string, string>, probe: Probe = 'pod'): Refusal {
  return async (place) => {
    const { kube, namespace } = place;
    const name = { namespace, name: 'small' };
    await kube.create(Quota, { apiVersion: 'v1', kind: 'ResourceQuota', metadata: name, spec: { hard } });
    // What the quota controller would do, which is none of the controllers that run here.
    const used = Object.fromEntries(Object.keys(hard).map((what) => [what, '0']));
    await kube.mergePatch(Quota, name, { status: { hard, used } }, { subresource: 'status' });
    await until(place, probe, 'refused');
    return async () => {
      await kube.delete(Quota, name);
      await until(place, probe, 'taken');
    };
  };
}

export function podSecurity(level: string): Refusal {
  return async (place) => {
    const { kube, namespace } = place;
    const label = (value: string | null) =>
      kube.mergePatch(Namespace, { name: namespace }, { metadata: { labels: { [ENFORCE]: value } } });
    await label(level);
    await until(place, 'pod', 'refused');
    return async () => {
      await label(null);
      await until(place, 'pod', 'taken');
    };
  };
}

/** A policy against the pods that machines run in. */
export function policy(message: string): Refusal {
  return async (place) => {
    const { kube, namespace } = place;
    const apiVersion = 'admissionregistration.k8s.io/v1';
    const metadata = { name: `no-machines.${namespace}` };
    const inNamespace = { matchLabels: { 'kubernetes.io/metadata.name': namespace } };
    const pods = { apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['pods'] };
    const specs = {
      ValidatingAdmissionPolicy: {
        matchConstraints: { namespaceSelector: inNamespace, resourceRules: [pods] },
        validations: [{ expression: "object.metadata.?labels['kubevirt.io'].orValue('') != 'virt-launcher'", message }],
      },
      ValidatingAdmissionPolicyBinding: { policyName: metadata.name, validationActions: ['Deny'] },
    };
    for (const [kind, spec] of Object.entries(specs)) {
      const manifest: KubeObject & { spec: object } = { apiVersion, kind, metadata, spec };
      await kube.create<KubeObject>(policyKind(kind), manifest);
    }
    await until(place, 'pod', 'refused');
    return async () => {
      for (const kind of Object.keys(specs)) await kube.delete(policyKind(kind), metadata);
      await until(place, 'pod', 'taken');
    };
  };
}

const PROBES = {
  /** As one that a machine runs in. */
  pod: { kind: Pod, spec: { containers: [{ name: 'a', image: 'a', resources: { requests: { memory: '8Gi' } } }] } },
  machine: { kind: VirtualMachineInstance, spec: { domain: { devices: {}, memory: { guest: '64Mi' } } } },
};
type Probe = keyof typeof PROBES;

/** The API server learns of it a moment later, whether it was laid down or taken away. */
async function until(place: Place, probe: Probe, wanted: 'taken' | 'refused'): Promise<void> {
  const signal = place.patience();
  while ((await isTaken(place, probe, signal)) !== (wanted === 'taken')) signal.throwIfAborted();
}

async function isTaken({ kube, namespace }: Place, probe: Probe, signal: AbortSignal): Promise<boolean> {
  const { kind, spec } = PROBES[probe];
  const apiVersion = kind.group ? `${kind.group}/${kind.version}` : kind.version;
  const metadata = { namespace, name: 'probe', labels: { 'kubevirt.io': 'virt-launcher' } };
  const object: KubeObject & { spec: object } = { apiVersion, kind: kind.kind, metadata, spec };
  try {
    await kube.create<KubeObject>(kind, object, { dryRun: true, signal });
    return true;
  } catch (error) {
    if (isRefusal(error)) return false;
    throw error;
  }
}
