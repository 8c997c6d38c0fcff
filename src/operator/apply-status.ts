import type { AnweddolServerStatus } from '../api/anweddol-server-status.ts';
import { AnweddolServer } from '../api/resources.ts';
import { referenceTo } from '../kube/event-sink.ts';
import type { Context } from './context.ts';
import { writeStatus } from './write-status.ts';

/** Writes the status of a server where it differs from what is there. */
export async function applyStatus(
  server: AnweddolServer,
  status: AnweddolServerStatus,
  context: Context,
  signal: AbortSignal,
): Promise<void> {
  if (await writeStatus(context, AnweddolServer, server, status, signal)) tellTurn(server, status, context);
}

/** An Event when the server became ready, or ceased to be. */
function tellTurn(server: AnweddolServer, status: AnweddolServerStatus, { events }: Context): void {
  const readyOf = ({ conditions = [] }: AnweddolServerStatus) => conditions.find(({ type }) => type === 'Ready');
  const ready = readyOf(status);
  if (!ready || ready.status === (readyOf(server.status ?? {})?.status ?? 'False')) return;
  const type = ready.status === 'True' ? 'Normal' : 'Warning';
  events.event(referenceTo(server), { type, reason: ready.reason, action: 'Reconcile', note: ready.message });
}
