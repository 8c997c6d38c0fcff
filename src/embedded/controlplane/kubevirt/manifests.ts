/** What virt-operator would make for virt-api and virt-controller, as it must be where those are processes of this machine. */
import type { KubeObject, Resource } from '../../../kube/objects.ts';
import {
  ClusterRole,
  ClusterRoleBinding,
  ConfigMap,
  CustomResourceDefinition,
  Namespace,
  Role,
  RoleBinding,
  ServiceAccount,
} from '../../../kube/resources.ts';

export const NAMESPACE = 'kubevirt';
/** The only resource of this kind; the programs look for it. */
export const KUBEVIRT = { namespace: NAMESPACE, name: 'kubevirt' };

const WEBHOOKS = 'admissionregistration.k8s.io';
const clusterWide = (group: string, plural: string, kind: string): Resource => ({
  group,
  version: 'v1',
  plural,
  kind,
  namespaced: false,
});

const KubeVirt: Resource = { ...clusterWide('kubevirt.io', 'kubevirts', 'KubeVirt'), namespaced: true };
const RESOURCES: Resource[] = [
  Namespace,
  ConfigMap,
  CustomResourceDefinition,
  ServiceAccount,
  ClusterRole,
  ClusterRoleBinding,
  Role,
  RoleBinding,
  KubeVirt,
  clusterWide(WEBHOOKS, 'mutatingwebhookconfigurations', 'MutatingWebhookConfiguration'),
  clusterWide(WEBHOOKS, 'validatingwebhookconfigurations', 'ValidatingWebhookConfiguration'),
];

/** @throws Error for a kind that KubeVirt's installation has not */
export function resourceOf({ kind }: KubeObject): Resource {
  const resource = RESOURCES.find((one) => one.kind === kind);
  if (!resource) throw new Error(`KubeVirt's manifests have an unknown kind: ${kind}`);
  return resource;
}

interface Webhook {
  name: string;
  clientConfig: { service?: { path?: string } };
}

/** The webhooks call a port of this machine instead of a Service that no network leads to. */
export function onThisMachine(manifest: KubeObject, port: number, caPem: string): KubeObject {
  if (!('webhooks' in manifest)) return manifest;
  const caBundle = Buffer.from(caPem).toString('base64');
  const webhooks = (manifest.webhooks as Webhook[]).map((webhook) => ({
    ...webhook,
    clientConfig: { url: `https://127.0.0.1:${port}${webhook.clientConfig.service?.path ?? ''}`, caBundle },
  }));
  return { ...manifest, webhooks } as KubeObject;
}

/** The namespace and what the programs look for in it. */
export function foundations(caPem: string): KubeObject[] {
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } },
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'kubevirt-ca', namespace: NAMESPACE },
      data: { 'ca-bundle': caPem },
    } as KubeObject,
  ];
}

/** KubeVirt's configuration: machines are emulated, so no node has to have the devices of a hypervisor. */
export function kubevirt(): KubeObject {
  const developerConfiguration = { useEmulation: true, featureGates: ['PanicDevices'] };
  return {
    apiVersion: 'kubevirt.io/v1',
    kind: 'KubeVirt',
    metadata: KUBEVIRT,
    spec: { configuration: { developerConfiguration } },
  } as KubeObject;
}

/** What virt-operator would write: until it stands there, gates are ignored and machines have no architecture. */
export function kubevirtStatus(version: string) {
  return { phase: 'Deployed', defaultArchitecture: 'amd64', observedKubeVirtVersion: version };
}

export { KubeVirt };
