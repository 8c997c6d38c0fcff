import { isAlreadyExists, isNotFound, KubeError } from '../../../kube/errors.ts';
import { ConfigMap, Namespace, ServiceAccount } from '../../../kube/resources.ts';
import { watched } from '../../../kube/watched.ts';
import { done } from '../../../runtime/outcome.ts';
import type { Participant } from '../../participant.ts';
import { startLoop } from '../start-loop.ts';

const CA_DESCRIPTION =
  'Contains a CA bundle that can be used to verify the kube-apiserver when using internal endpoints such as the internal service IP or kubernetes.default.svc. No other usage is guaranteed across distributions of Kubernetes clusters.';

/** Gives every namespace its default ServiceAccount and the ConfigMap with the API server's CA. */
export function startNamespaceDefaults(caPem: string, participant: Participant): void {
  const { client } = participant;
  const namespaces = watched(client, Namespace, {}, participant);
  const cas = watched(client, ConfigMap, { fieldSelector: 'metadata.name=kube-root-ca.crt' }, participant);
  const queue = startLoop('namespace-defaults', participant, async (namespace, signal) => {
    const found = namespaces.get(namespace);
    if (!found || found.metadata.deletionTimestamp) return done();
    const account: ServiceAccount = {
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: { name: 'default', namespace },
    };
    const ca: ConfigMap = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'kube-root-ca.crt', namespace, annotations: { 'kubernetes.io/description': CA_DESCRIPTION } },
      data: { 'ca.crt': caPem },
    };
    await client.create(ServiceAccount, account, { signal }).catch(ignoreExpected);
    await client.create(ConfigMap, ca, { signal }).catch(ignoreExpected);
    const present = cas.get(`${namespace}/${ca.metadata.name}`);
    if (present && present.data?.['ca.crt'] !== caPem) {
      await client.mergePatch(ConfigMap, ca.metadata, { data: ca.data }, { signal }).catch(ignoreExpected);
    }
    return done();
  });
  namespaces.onChange((namespace) => namespace && queue.add(namespace.metadata.name));
  const addNamespace = (
    present: ServiceAccount | ConfigMap | undefined,
    previous: ServiceAccount | ConfigMap | undefined,
  ) => {
    queue.add((present ?? previous)?.metadata.namespace ?? '');
  };
  watched(client, ServiceAccount, { fieldSelector: 'metadata.name=default' }, participant).onChange(addNamespace);
  cas.onChange(addNamespace);
}

/** It is there already, or its namespace is going. */
function ignoreExpected(error: unknown): void {
  const isForbidden = error instanceof KubeError && error.code === 403;
  if (!isAlreadyExists(error) && !isNotFound(error) && !isForbidden) throw error;
}
