import { isDeepStrictEqual } from 'node:util';
import type { AnweddolServerStatus } from '../api/anweddol-server-status.ts';
import { FIELD_MANAGER } from '../api/names.ts';
import { AnweddolServer } from '../api/resources.ts';
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
  const { name, namespace, uid } = metadata;
  await context.kube.apply(
    AnweddolServer,
    // With the uid, the status of a server that is gone is not told of a later one of its name.
    { apiVersion, kind, metadata: { name, ...(namespace && { namespace }), ...(uid && { uid }) }, status },
    { fieldManager: FIELD_MANAGER, force: true, subresource: 'status', signal },
  );
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
