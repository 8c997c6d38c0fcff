/** Small objects for the behaviours, and where they are. */

export function inNamespace(namespace: string, plural: string, group?: string): string {
  return `${group ? `/apis/${group}/v1` : '/api/v1'}/namespaces/${namespace}/${plural}`;
}

/** No scheduler gives it a node. */
const NOWHERE = { 'conformance.example/none': 'true' };

export const CONTAINER = { name: 'main', image: 'example.com/main:1' };

/** A pod that nobody runs. */
export function pod(name: string, spec: object = {}, metadata: object = {}) {
  return {
    metadata: { name, ...metadata },
    spec: { nodeSelector: NOWHERE, automountServiceAccountToken: false, containers: [CONTAINER], ...spec },
  };
}

export function deployment(name: string, spec: object = {}) {
  const template = { metadata: { labels: { app: name } }, spec: pod(name).spec };
  return { metadata: { name }, spec: { selector: { matchLabels: { app: name } }, template, ...spec } };
}

export function ownerReference(owner: { metadata: { name: string; uid: string } }, more: object = {}) {
  const { name, uid } = owner.metadata;
  return { apiVersion: 'v1', kind: 'ConfigMap', name, uid, ...more };
}
