import { isDeepStrictEqual } from 'node:util';
import { isNotFound } from '../../../kube/errors.ts';
import type { Resource } from '../../../kube/objects.ts';
import { Namespace } from '../../../kube/resources.ts';
import { watched } from '../../../kube/watched.ts';
import { again, done } from '../../../runtime/outcome.ts';
import type { Participant } from '../../participant.ts';
import { timestamp } from '../../timestamp.ts';
import type { KnownObjects } from '../garbage/known-objects.ts';
import { startLoop } from '../start-loop.ts';
import { deletionConditions, type Remaining } from './deletion-conditions.ts';

/** Objects that go are told of; this is for kinds that have just been defined. */
const LOOK_AGAIN_MS = 5_000;

/**
 * Empties namespaces that are being deleted, and lets them go when nothing is left in them.
 * @param finalize takes the namespace's own finalizer away, by its subresource
 */
export function startNamespaceDeletion(
  known: KnownObjects,
  finalize: (namespace: Namespace, signal: AbortSignal) => Promise<void>,
  participant: Participant,
): void {
  const { client } = participant;
  const namespaces = watched(client, Namespace, {}, participant);
  const queue = startLoop('namespace-deletion', participant, async (name, signal) => {
    const namespace = namespaces.get(name);
    if (!namespace?.metadata.deletionTimestamp) return done();
    const left: Remaining[] = [];
    for (const resource of known.namespacedKinds()) left.push(...(await objectsOf(resource, name, signal)));
    const fresh = left.filter(({ object }) => !object.metadata.deletionTimestamp);
    for (const { resource, object } of fresh) {
      await client.delete(resource, object.metadata, { propagation: 'Background', signal });
    }
    // What has just been deleted may be gone at once: that is not worth telling.
    if (left.length > 0 && fresh.length === 0) await tell(namespace, left, signal);
    if (left.length > 0) return again(fresh.length > 0 ? 0 : LOOK_AGAIN_MS);
    await finalize(namespace, signal);
    return done();
  });
  const objectsOf = async (resource: Resource, namespace: string, signal: AbortSignal): Promise<Remaining[]> => {
    try {
      const { items } = await client.list(resource, { namespace }, { signal });
      return items.map((object) => ({ resource, object }));
    } catch (error) {
      // A kind that is not defined any more has left nothing.
      if (isNotFound(error)) return [];
      throw error;
    }
  };
  const tell = async (namespace: Namespace, left: Remaining[], signal: AbortSignal) => {
    const conditions = deletionConditions(namespace, left, timestamp(participant.clock.now()));
    if (isDeepStrictEqual(conditions, namespace.status?.conditions)) return;
    const subresource = 'status';
    await client.mergePatch(Namespace, namespace.metadata, { status: { conditions } }, { subresource, signal });
  };
  known.onChange(({ metadata }, isGone) => {
    const { namespace = '' } = metadata;
    if (isGone && namespaces.get(namespace)?.metadata.deletionTimestamp) queue.add(namespace);
  });
  namespaces.onChange((namespace) => {
    if (namespace?.metadata.deletionTimestamp) queue.add(namespace.metadata.name);
  });
}
