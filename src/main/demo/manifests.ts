import { readdir, readFile } from 'node:fs/promises';
import { parseAllDocuments } from 'yaml';
import { AnweddolAccessToken, AnweddolServer } from '../../api/resources.ts';
import type { KubeClient } from '../../kube/client.ts';
import type { KubeObject, Resource } from '../../kube/objects.ts';
import {
  ClusterRole,
  ClusterRoleBinding,
  CustomResourceDefinition,
  Deployment,
  Namespace,
  Role,
  RoleBinding,
  ServiceAccount,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
} from '../../kube/resources.ts';

const KNOWN: Resource[] = [
  Namespace,
  ServiceAccount,
  ClusterRole,
  ClusterRoleBinding,
  Role,
  RoleBinding,
  ValidatingAdmissionPolicy,
  ValidatingAdmissionPolicyBinding,
  Deployment,
  CustomResourceDefinition,
  AnweddolServer,
  AnweddolAccessToken,
];

const ROOT = new URL('../../../', import.meta.url);

/** The objects of one YAML file, or of all of a folder in the order of their names; a path from the project's top level. */
export async function manifestsOf(path: string): Promise<KubeObject[]> {
  const texts = await Promise.all((await filesOf(path)).map((file) => readFile(new URL(file, ROOT), 'utf8')));
  return texts.flatMap((text) => parseAllDocuments(text).map((document): KubeObject => document.toJS()));
}

async function filesOf(path: string): Promise<string[]> {
  if (path.endsWith('.yaml')) return [path];
  const names = (await readdir(new URL(path, ROOT))).filter((name) => name.endsWith('.yaml'));
  return names.sort().map((name) => `${path}/${name}`);
}

/** Where `kubectl apply` keeps what was applied; with it, a later `kubectl apply` of the same file finds nothing to do. */
const LAST_APPLIED = 'kubectl.kubernetes.io/last-applied-configuration';

/** What `kubectl apply` does. Namespaced objects without a namespace go to `default`. */
export async function applyManifests(kube: KubeClient, manifests: KubeObject[], signal: AbortSignal): Promise<void> {
  for (const manifest of manifests) {
    const resource = KNOWN.find(({ kind }) => kind === manifest.kind);
    if (!resource) throw new Error(`no idea where to apply a ${manifest.kind}`);
    const namespace = resource.namespaced ? { namespace: manifest.metadata.namespace ?? 'default' } : {};
    const annotations = { ...manifest.metadata.annotations, [LAST_APPLIED]: `${JSON.stringify(manifest)}\n` };
    const object = { ...manifest, metadata: { ...manifest.metadata, ...namespace, annotations } };
    await kube.apply(resource, object, { fieldManager: 'anweddol-demo', force: true, signal });
  }
}
