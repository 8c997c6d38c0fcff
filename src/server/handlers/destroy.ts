import type { Clock } from '../../runtime/clock.ts';
import { Deadline } from '../../runtime/deadline.ts';
import type { VirtualizationInterface } from '../../virtualization/virtualization-interface.ts';
import { parseContainerKey } from '../../wire/request.ts';
import { badAuthentication, ok } from '../answer.ts';
import type { DatabaseInterface } from '../database/database-interface.ts';
import type { EventRoutines } from '../events/event-routines.ts';
import { EVENT_DESTROYED_CONTAINER } from '../events/server-events.ts';
import type { RequestClient } from '../request-client.ts';
import type { RequestHandler } from '../request-handler.ts';

export interface DestroyOptions {
  virtualization: VirtualizationInterface;
  database: DatabaseInterface;
  events: EventRoutines;
  /** Called when a client has shown a wrong token. */
  onBadToken: (client: RequestClient) => void;
  clock: Clock;
}

const DESTROY_TIMEOUT_MS = 30_000;

/**
 * DESTROY: ends the container whose UUID and client token are given. It goes on when the client leaves: the wish was
 * clear.
 */
export function destroyHandler(options: DestroyOptions): RequestHandler {
  const { virtualization, database, events, onBadToken, clock } = options;
  return async ({ clientInstance, request }) => {
    const { container_uuid: uuid, client_token: token } = parseContainerKey(request.parameters);
    using deadline = new Deadline(clock);
    deadline.set(DESTROY_TIMEOUT_MS, () => new Error('the container could not be destroyed in time'));
    const entryId = await database.getEntryID(uuid, token, deadline.signal);
    const container = entryId !== undefined && (await virtualization.getContainer(uuid, deadline.signal));
    if (!container) {
      onBadToken(clientInstance);
      return badAuthentication();
    }
    await container.stopDomain(deadline.signal);
    await database.deleteEntry(entryId);
    await events.run(EVENT_DESTROYED_CONTAINER, { clientInstance, containerInstance: container });
    return ok();
  };
}
