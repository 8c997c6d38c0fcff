import type { KubeClient } from '../../../kube/client.ts';
import { isConflict } from '../../../kube/errors.ts';
import type { KubeObject, OwnerReference, Resource } from '../../../kube/objects.ts';
import { again, done, type Outcome } from '../../../runtime/outcome.ts';
import type { Participant } from '../../participant.ts';
import { startLoop } from '../start-loop.ts';
import { ownerKind } from './kinds.ts';
import type { KnownObjects } from './known-objects.ts';

const FOREGROUND = 'foregroundDeletion';
const ORPHAN = 'orphan';
/** How soon to look again at an object whose owner's kind is not known, or not known yet. */
const UNKNOWN_KIND_MS = 2_000;

/** Deletes what has lost its owners, and takes off the finalizers that wait for dependents. */
export function startGarbageCollection(known: KnownObjects, participant: Participant): void {
  const { client } = participant;
  const reconcile = async (uid: string, signal: AbortSignal): Promise<Outcome> => {
    const found = known.byUid(uid);
    if (!found) return done();
    const { resource, object } = found;
    const { finalizers = [], deletionTimestamp } = object.metadata;
    if (deletionTimestamp && finalizers.includes(ORPHAN)) return orphan(found, known, client, signal);
    if (deletionTimestamp && finalizers.includes(FOREGROUND)) return foreground(found, known, client, signal);
    if (deletionTimestamp || !object.metadata.ownerReferences?.length) return done();
    return collect(resource, object, known, client, signal);
  };

  const queue = startLoop('garbage-collection', participant, reconcile);
  known.onChange((object, isGone) => {
    const { uid = '', ownerReferences = [], deletionTimestamp } = object.metadata;
    if (!isGone && (ownerReferences.length > 0 || deletionTimestamp)) queue.add(uid);
    if (!isGone) return;
    for (const dependent of known.dependentsOf(uid)) queue.add(dependent.object.metadata.uid ?? '');
    for (const owner of ownerReferences) queue.add(owner.uid);
  });
}

/** Deletes an object none of whose owners exists; one that has others still loses the references to those that don't. */
async function collect(
  resource: Resource,
  object: KubeObject,
  known: KnownObjects,
  client: KubeClient,
  signal: AbortSignal,
): Promise<Outcome> {
  const present: OwnerReference[] = [];
  const { metadata } = object;
  for (const reference of metadata.ownerReferences ?? []) {
    const presence = await ownerPresence(reference, metadata.namespace, known, client, signal);
    if (presence === 'unknown') return again(UNKNOWN_KIND_MS);
    if (presence === 'there') present.push(reference);
  }
  if (present.length === 0) {
    await remove(resource, object, 'Background', client, signal);
  } else if (present.length < (metadata.ownerReferences?.length ?? 0)) {
    const { uid, resourceVersion } = metadata;
    const patch = { metadata: { uid, resourceVersion, ownerReferences: present } };
    await client.mergePatch(resource, metadata, patch, { signal });
  }
  return done();
}

/** A cache can be late in both directions, so an owner that is not in it is looked for at the API server. */
async function ownerPresence(
  reference: OwnerReference,
  namespace: string | undefined,
  known: KnownObjects,
  client: KubeClient,
  signal: AbortSignal,
): Promise<'there' | 'gone' | 'unknown'> {
  if (known.byUid(reference.uid)) return 'there';
  const resource = known.kind(ownerKind(reference));
  if (!resource) return 'unknown';
  const name = { name: reference.name, ...(resource.namespaced && { namespace }) };
  const owner = await client.get(resource, name, { signal });
  return owner?.metadata.uid === reference.uid ? 'there' : 'gone';
}

/** The dependents that hold the deletion up go first, then the object. */
async function foreground(
  { resource, object }: { resource: Resource; object: KubeObject },
  known: KnownObjects,
  client: KubeClient,
  signal: AbortSignal,
): Promise<Outcome> {
  const { uid = '' } = object.metadata;
  const dependents = known.dependentsOf(uid);
  for (const dependent of dependents) {
    if (!dependent.object.metadata.deletionTimestamp) {
      await remove(dependent.resource, dependent.object, 'Foreground', client, signal);
    }
  }
  const blocks = ({ object: { metadata } }: { object: KubeObject }) =>
    metadata.ownerReferences?.some((owner) => owner.uid === uid && owner.blockOwnerDeletion);
  if (!dependents.some(blocks)) await removeFinalizer(resource, object, FOREGROUND, client, signal);
  return done();
}

async function orphan(
  { resource, object }: { resource: Resource; object: KubeObject },
  known: KnownObjects,
  client: KubeClient,
  signal: AbortSignal,
): Promise<Outcome> {
  const { uid = '' } = object.metadata;
  for (const dependent of known.dependentsOf(uid)) {
    const { metadata } = dependent.object;
    const ownerReferences = metadata.ownerReferences?.filter((owner) => owner.uid !== uid);
    await client.mergePatch(
      dependent.resource,
      metadata,
      { metadata: { uid: metadata.uid, ownerReferences } },
      { signal },
    );
  }
  await removeFinalizer(resource, object, ORPHAN, client, signal);
  return done();
}

async function remove(
  resource: Resource,
  { metadata }: KubeObject,
  propagation: 'Background' | 'Foreground',
  client: KubeClient,
  signal: AbortSignal,
): Promise<void> {
  const { uid } = metadata;
  await client.delete(resource, metadata, { propagation, ...(uid && { uid }), signal }).catch((error) => {
    // Another object has the name by now.
    if (!isConflict(error)) throw error;
  });
}

async function removeFinalizer(
  resource: Resource,
  { metadata }: KubeObject,
  finalizer: string,
  client: KubeClient,
  signal: AbortSignal,
): Promise<void> {
  const { resourceVersion } = metadata;
  const finalizers = metadata.finalizers?.filter((one) => one !== finalizer);
  await client.mergePatch(resource, metadata, { metadata: { resourceVersion, finalizers } }, { signal });
}
