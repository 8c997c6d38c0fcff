import type { Clock } from '../../runtime/clock.ts';
import { Deadline } from '../../runtime/deadline.ts';
import type { VirtualizationInterface } from '../../virtualization/virtualization-interface.ts';
import { parseContainerKey } from '../../wire/request.ts';
import { badAuthentication, ok } from '../answer.ts';
import type { RequestHandler } from '../request-handler.ts';

export interface DestroyOptions {
  virtualization: VirtualizationInterface;
  clock: Clock;
}

const DESTROY_TIMEOUT_MS = 30_000;

/**
 * DESTROY: ends the container whose UUID and client token are given. It goes on when the client leaves: the wish was
 * clear.
 */
export function destroyHandler({ virtualization, clock }: DestroyOptions): RequestHandler {
  return async ({ request }) => {
    const { container_uuid: uuid, client_token: token } = parseContainerKey(request.parameters);
    using deadline = new Deadline(clock);
    deadline.set(DESTROY_TIMEOUT_MS, () => new Error('the container could not be destroyed in time'));
    const container = await virtualization.getContainer(uuid, deadline.signal);
    if (!container?.isOwnedBy(token)) return badAuthentication();
    await container.stopDomain(deadline.signal);
    return ok();
  };
}
