import { isDeepStrictEqual } from 'node:util';
import { Namespace } from '../../../kube/resources.ts';
import { watched } from '../../../kube/watched.ts';
import { again, done } from '../../../runtime/outcome.ts';
import type { Participant } from '../../participant.ts';
import type { KnownObjects } from '../garbage/known-objects.ts';
import { timestamp } from '../../timestamp.ts';
import { startLoop } from '../start-loop.ts';
import { deletionConditions, type Remaining } from './deletion-conditions.ts';

/** What is left may have finalizers or a grace; nothing tells when the last of it goes. */
const LOOK_AGAIN_MS = 250;

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
    for (const resource of known.namespacedKinds()) {
      const { items } = await client.list(resource, { namespace: name }, { signal });
      left.push(...items.map((object) => ({ resource, object })));
      for (const { metadata } of items) {
        if (!metadata.deletionTimestamp) await client.delete(resource, metadata, { propagation: 'Background', signal });
      }
    }
    if (left.length > 0) {
      await tell(namespace, left, signal);
      return again(LOOK_AGAIN_MS);
    }
    await finalize(namespace, signal);
    return done();
  });
  const tell = async (namespace: Namespace, left: Remaining[], signal: AbortSignal) => {
    const conditions = deletionConditions(namespace, left, timestamp(participant.clock.now()));
    if (isDeepStrictEqual(conditions, namespace.status?.conditions)) return;
    const subresource = 'status';
    await client.mergePatch(Namespace, namespace.metadata, { status: { conditions } }, { subresource, signal });
  };
  namespaces.onChange((namespace) => {
    if (namespace?.metadata.deletionTimestamp) queue.add(namespace.metadata.name);
  });
}
