import { isDeepStrictEqual } from 'node:util';
import type { AnweddolServerStatus } from '../api/anweddol-server-status.ts';
import { FIELD_MANAGER } from '../api/names.ts';
import { AnweddolServer } from '../api/resources.ts';
import { isConflict } from '../kube/errors.ts';
import { referenceTo } from '../kube/event-sink.ts';
import type { Context } from './context.ts';

/** Writes the status of a server where it differs from what is there. */
export async function applyStatus(
  server: AnweddolServer,
  status: AnweddolServerStatus,
  context: Context,
  signal: AbortSignal,
): Promise<void> {
  if (isDeepStrictEqual(server.status, status)) return;
  const { apiVersion, kind, metadata } = server;
  const { name, namespace, uid, resourceVersion } = metadata;
  // What was made of an older version is not written over a newer one, nor over a later server of this name.
  const which = {
    name,
    ...(namespace && { namespace }),
    ...(uid && { uid }),
    ...(resourceVersion && { resourceVersion }),
  };
  try {
    const options = { fieldManager: FIELD_MANAGER, force: true, subresource: 'status', signal } as const;
    await context.kube.apply(AnweddolServer, { apiVersion, kind, metadata: which, status }, options);
  } catch (error) {
    // The newer version is on its way to the cache, and brings another reconcile.
    if (isConflict(error)) return;
    throw error;
  }
  tellTurn(server, status, context);
}

/** An Event when the server became ready, or ceased to be. */
function tellTurn(server: AnweddolServer, status: AnweddolServerStatus, { events }: Context): void {
  const readyOf = ({ conditions = [] }: AnweddolServerStatus) => conditions.find(({ type }) => type === 'Ready');
  const ready = readyOf(status);
  if (!ready || ready.status === (readyOf(server.status ?? {})?.status ?? 'False')) return;
  const type = ready.status === 'True' ? 'Normal' : 'Warning';
  events.event(referenceTo(server), { type, reason: ready.reason, action: 'Reconcile', note: ready.message });
}
