import { type Namespace, Pod } from '../../kube/resources.ts';
import { watched } from '../../kube/watched.ts';
import type { Participant } from '../participant.ts';
import { startEndpointSlices } from './endpoint-slices/start-endpoint-slices.ts';
import { KnownObjects } from './garbage/known-objects.ts';
import { startGarbageCollection } from './garbage/start-garbage-collection.ts';
import { startNamespaceDefaults } from './namespaces/start-namespace-defaults.ts';
import { startNamespaceDeletion } from './namespaces/start-namespace-deletion.ts';
import { startWorkloads } from './workloads/start-workloads.ts';

export interface ControllerOptions extends Participant {
  /** Of the API server; goes into every namespace. */
  caPem: string;
  /** PUTs a namespace to its `finalize` subresource, with no finalizer left. */
  finalize(namespace: Namespace, signal: AbortSignal): Promise<void>;
}

/** The part of kube-controller-manager that the cluster's users need. Ends with the signal. */
export function startControllers({ caPem, finalize, ...participant }: ControllerOptions): void {
  const pods = watched(participant.client, Pod, {}, participant);
  const known = new KnownObjects(participant);
  startWorkloads(pods, participant);
  startEndpointSlices(pods, participant);
  startGarbageCollection(known, participant);
  startNamespaceDefaults(caPem, participant);
  startNamespaceDeletion(known, finalize, participant);
}
