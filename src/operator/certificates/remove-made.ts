import type { AnweddolServer } from '../../api/resources.ts';
import { isNotFound } from '../../kube/errors.ts';
import { type KubeObject, keyOf, type Resource } from '../../kube/objects.ts';
import { Certificate, type Deployment, type Pod, Secret } from '../../kube/resources.ts';
import { INDEX_BY_SERVER } from '../context.ts';
import { mountedSecret } from '../desired/mounts.ts';
import { isOwnedBy } from '../desired/ownership.ts';
import { isMadeSecret } from './certificate-secret.ts';
import type { CertificateSlot } from './certificate-slots.ts';
import { type CertificateContext, memoryOf } from './certificate-sources.ts';

export type MadeKind = 'Secret' | 'Certificate';

/** Deletes what was made for a certificate that is not asked for any more; what somebody else has put there stays. */
export async function removeMade(
  kind: MadeKind,
  server: AnweddolServer,
  slot: CertificateSlot,
  context: CertificateContext,
  signal: AbortSignal,
): Promise<void> {
  if (kind === 'Secret') return removeIf(Secret, isMadeSecret, server, slot, context, signal);
  try {
    await removeIf(Certificate, isOwnedBy, server, slot, context, signal);
  } catch (error) {
    // Nor is there one where cert-manager is gone.
    if (!isNotFound(error)) throw error;
  }
}

async function removeIf<T extends KubeObject>(
  resource: Resource<T>,
  isMade: (server: AnweddolServer, object: T) => boolean,
  server: AnweddolServer,
  slot: CertificateSlot,
  { kube, knownCertificates }: CertificateContext,
  signal: AbortSignal,
): Promise<void> {
  knownCertificates.forget(memoryOf({ server, slot }));
  const name = { namespace: server.metadata.namespace, name: slot.objectName };
  const object = await kube.get(resource, name, { signal });
  const uid = object && isMade(server, object) ? object.metadata.uid : undefined;
  if (uid) await kube.delete(resource, name, { uid, signal });
}

/** Whether a server pod has, or is to have, the Secret that was made. */
export function isMounted(
  server: AnweddolServer,
  { volume, objectName }: CertificateSlot,
  deployment: Deployment | undefined,
  { caches }: CertificateContext,
): boolean {
  const pods: Pod[] = caches.pods.byIndex(INDEX_BY_SERVER, keyOf(server.metadata));
  const alive = pods.filter(({ status }) => status?.phase !== 'Succeeded' && status?.phase !== 'Failed');
  const specs = [deployment?.spec?.template.spec, ...alive.map(({ spec }) => spec)];
  return specs.some((spec) => mountedSecret(spec, volume) === objectName);
}
