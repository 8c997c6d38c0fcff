import { isDeepStrictEqual } from 'node:util';
import { isAlreadyExists, isNotFound } from '../../../kube/errors.ts';
import { keyOf } from '../../../kube/objects.ts';
import { EndpointSlice, Node, type Pod, Service } from '../../../kube/resources.ts';
import type { Store } from '../../../kube/store.ts';
import { watched } from '../../../kube/watched.ts';
import { done, type Outcome } from '../../../runtime/outcome.ts';
import type { Participant } from '../../participant.ts';
import { startLoop } from '../start-loop.ts';
import { CONTROLLER, LABEL_MANAGED_BY, LABEL_SERVICE, serviceSlices } from './service-slices.ts';

const LABEL_ZONE = 'topology.kubernetes.io/zone';

/** Keeps the slices of Services with selectors. Slices that somebody else manages are never touched. */
export function startEndpointSlices(pods: Store<Pod>, participant: Participant): void {
  const { client } = participant;
  const services = watched(client, Service, {}, participant);
  const nodes = watched(client, Node, {}, participant);
  const query = { labelSelector: `${LABEL_MANAGED_BY}=${CONTROLLER}` };

  const reconcile = async (key: string, signal: AbortSignal): Promise<Outcome> => {
    const service = services.get(key);
    if (!service?.spec?.selector || service.metadata.deletionTimestamp) return done();
    const { namespace, name } = service.metadata;
    await pods.synced(signal);
    const wanted = serviceSlices(
      service,
      pods.list().filter((pod) => pod.metadata.namespace === namespace),
      (node) => nodes.get(node)?.metadata.labels?.[LABEL_ZONE],
    );
    const labelSelector = `${query.labelSelector},${LABEL_SERVICE}=${name}`;
    const { items } = await client.list(EndpointSlice, { namespace, labelSelector }, { signal });
    for (const slice of wanted) {
      const before = items.find((item) => item.metadata.name === slice.metadata.name);
      if (!before) await create(slice, signal);
      else if (!isSame(before, slice)) await replace(slice, signal);
    }
    const surplus = items.filter((item) => wanted.every((slice) => slice.metadata.name !== item.metadata.name));
    for (const { metadata } of surplus) await client.delete(EndpointSlice, metadata, { signal });
    return done();
  };

  const create = async (slice: EndpointSlice, signal: AbortSignal) => {
    await client.create(EndpointSlice, slice, { signal }).catch((error) => {
      // The Service's namespace is going, or another reconcile was faster.
      if (!isAlreadyExists(error) && !isNotFound(error)) throw error;
    });
  };
  const replace = async (slice: EndpointSlice, signal: AbortSignal) => {
    const { metadata, ports, endpoints } = slice;
    const patch = { metadata: { labels: metadata.labels }, ports, endpoints };
    await client.mergePatch(EndpointSlice, metadata, patch, { signal });
  };

  const queue = startLoop('endpointslices', participant, reconcile);
  services.onChange((service) => service && queue.add(keyOf(service.metadata)));
  const addServices = (namespace: string | undefined) => {
    for (const service of services.list()) {
      if (service.metadata.namespace === namespace) queue.add(keyOf(service.metadata));
    }
  };
  pods.onChange((pod, previous) => addServices((pod ?? previous)?.metadata.namespace));
  watched(client, EndpointSlice, query, participant).onChange((slice, previous) => {
    const { namespace, labels } = (slice ?? previous)?.metadata ?? {};
    queue.add(keyOf({ namespace, name: labels?.[LABEL_SERVICE] ?? '' }));
  });
}

function isSame(before: EndpointSlice, slice: EndpointSlice): boolean {
  return (
    isDeepStrictEqual(before.endpoints ?? [], slice.endpoints) &&
    isDeepStrictEqual(before.ports ?? [], slice.ports) &&
    isDeepStrictEqual(before.metadata.labels, slice.metadata.labels)
  );
}
