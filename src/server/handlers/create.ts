import { randomUUID } from 'node:crypto';
import type { Clock } from '../../runtime/clock.ts';
import { Deadline } from '../../runtime/deadline.ts';
import type { Log } from '../../runtime/log.ts';
import type { ContainerCredentials } from '../../virtualization/container-credentials.ts';
import type { ContainerInstance } from '../../virtualization/container-instance.ts';
import { VirtualizationError, type VirtualizationErrorCode } from '../../virtualization/errors.ts';
import type { VirtualizationInterface } from '../../virtualization/virtualization-interface.ts';
import { RuntimeError } from '../../wire/errors.ts';
import { ok, unavailable } from '../answer.ts';
import type { DatabaseInterface } from '../database/database-interface.ts';
import type { EventRoutines } from '../events/event-routines.ts';
import { EVENT_CREATED_CONTAINER, EVENT_CREATED_ENDPOINT_SHELL } from '../events/server-events.ts';
import type { RequestClient } from '../request-client.ts';
import type { RequestCall, RequestHandler } from '../request-handler.ts';

export interface CreateOptions {
  virtualization: VirtualizationInterface;
  database: DatabaseInterface;
  events: EventRoutines;
  /** Seconds. */
  startTimeout: number;
  /** What containers boot from, where the virtualization does not know it. */
  iso?: { path: string; sha256: string } | undefined;
  clock: Clock;
  log: Log;
}

const PLATFORM_TIMEOUT_MS = 30_000;
const UNAVAILABLE: readonly VirtualizationErrorCode[] = ['NoFreeSlot', 'StartFailed', 'StartTimeout'];

/**
 * CREATE: claims a slot, waits for the machine, sets it up, and gives out its credentials. A client that leaves before it
 * has them leaves no container behind.
 */
export function createHandler(options: CreateOptions): RequestHandler {
  return async (call) => {
    try {
      await create(call, options);
      return undefined;
    } catch (error) {
      // Whatever failed because the client has left, there is nobody to tell.
      call.signal.throwIfAborted();
      if (!isUnavailable(error)) throw error;
      options.log.warn(
        { client: call.clientInstance.getID(), code: error.code, err: error },
        'no container was created',
      );
      return unavailable();
    }
  };
}

async function create({ clientInstance, signal }: RequestCall, options: CreateOptions): Promise<void> {
  const { virtualization, database, events, iso, clock, log } = options;
  await using undo = new AsyncDisposableStack();
  const uuid = randomUUID();
  const [entryId, , clientToken] = await database.addEntry(uuid);
  undo.defer(() => database.deleteEntry(entryId));
  using limit = new Deadline(clock);
  limit.set(options.startTimeout * 1000, () => {
    return new VirtualizationError('StartTimeout', `the container took longer than ${options.startTimeout} s`);
  });
  // Not cut off when the client leaves: a claim that was cut off may have been made all the same.
  const claim = { uuid, clientId: clientInstance.getID(), clientToken, iso };
  const container = await virtualization.createContainer(claim, limit.signal);
  const fields = { client: claim.clientId, uuid, port: container.getListenPort() };
  undo.defer(() => destroyUndelivered(container, fields, options));

  await events.run(EVENT_CREATED_CONTAINER, { clientInstance, containerInstance: container });
  const credentials = await boot(container, clientInstance, events, AbortSignal.any([limit.signal, signal]));
  log.info(fields, 'container ready');
  await clientInstance.sendResponse(ok(reply(container, clientToken, credentials)));
  await recordDelivery(container, fields, options);
  if (!(await clientInstance.confirmTaken())) throw new RuntimeError('Closed', 'the client did not read the response');
  undo.move();
  log.info(fields, 'container delivered');
}

async function boot(
  container: ContainerInstance,
  clientInstance: RequestClient,
  events: EventRoutines,
  signal: AbortSignal,
): Promise<ContainerCredentials> {
  signal.throwIfAborted();
  await using shell = await container.createEndpointShell(signal);
  const data = { endpointShellInstance: shell, containerInstance: container, clientInstance };
  await events.run(EVENT_CREATED_ENDPOINT_SHELL, data);
  if (shell.isClosed()) throw new RuntimeError('Closed', 'a routine closed the endpoint shell');
  const credentials = await shell.administrateContainer(signal);
  await container.handOver(credentials, signal);
  signal.throwIfAborted();
  return credentials;
}

function reply(
  container: ContainerInstance,
  token: string,
  credentials: ContainerCredentials,
): Record<string, unknown> {
  return {
    container_uuid: container.getUUID(),
    client_token: token,
    container_iso_sha256: container.getISOChecksum(),
    container_username: credentials.username,
    container_password: credentials.password,
    container_listen_port: container.getListenPort(),
    container_host_key_sha256: credentials.hostKeyFingerprint,
  };
}

/** Where this fails the container stays, as the client has it already: the operator decides. */
async function recordDelivery(
  container: ContainerInstance,
  fields: object,
  { clock, log }: CreateOptions,
): Promise<void> {
  using deadline = new Deadline(clock);
  deadline.set(PLATFORM_TIMEOUT_MS, () => new Error('the delivery could not be recorded in time'));
  try {
    await container.delivered(deadline.signal);
  } catch (error) {
    log.error({ ...fields, err: error }, 'delivery not recorded');
  }
}

/** Where this fails the operator does it later: the container was never marked as delivered. */
async function destroyUndelivered(
  container: ContainerInstance,
  fields: object,
  { clock, log }: CreateOptions,
): Promise<void> {
  using deadline = new Deadline(clock);
  deadline.set(PLATFORM_TIMEOUT_MS, () => new Error('the container could not be destroyed in time'));
  try {
    await container.stopDomain(deadline.signal);
    log.info(fields, 'undelivered container destroyed');
  } catch (error) {
    log.error({ ...fields, err: error }, 'undelivered container not destroyed');
  }
}

function isUnavailable(error: unknown): error is VirtualizationError {
  return error instanceof VirtualizationError && UNAVAILABLE.includes(error.code);
}
