import { Deadline } from '../../runtime/deadline.ts';
import { noTracer, type Span } from '../../runtime/tracing.ts';
import type { ContainerCredentials } from '../../virtualization/container-credentials.ts';
import type { ContainerInstance } from '../../virtualization/container-instance.ts';
import { VirtualizationError, type VirtualizationErrorCode } from '../../virtualization/errors.ts';
import { RuntimeError } from '../../wire/errors.ts';
import { type Answer, ok, unavailable } from '../answer.ts';
import type { RequestCall, RequestHandler } from '../request-handler.ts';
import { type ContainerStart, type CreateOutcome, noServerMetrics } from '../server-metrics.ts';
import type { CreateOptions } from './create-options.ts';
import { prepareContainer } from './prepare-container.ts';
import { TriedContainers } from './tried-containers.ts';

const PLATFORM_TIMEOUT_MS = 30_000;
/** All others are for the platform to mend, or for time. */
const OUR_FAULTS: readonly VirtualizationErrorCode[] = ['EndpointShellFailed'];

/**
 * CREATE: claims a container, waits for its machine, sets it up, and gives out its credentials. A warm container that fails
 * is destroyed, and the next one taken. A client that leaves before it has the credentials leaves no container behind.
 */
export function createHandler(options: CreateOptions): RequestHandler {
  const { tracer = noTracer } = options;
  return (call) => {
    const connectedAt = call.clientInstance.getCreationTimestamp();
    return tracer.trace('CREATE', connectedAt, (span) => {
      // What a stranger has to get past: handshake, request, filters.
      tracer.past('admission', connectedAt);
      return answer(call, span, options);
    });
  };
}

async function answer(call: RequestCall, span: Span, options: CreateOptions): Promise<Answer | undefined> {
  const { clock, log, metrics = noServerMetrics, onContainerFailed } = options;
  const startedAt = clock.elapsed();
  const tried: { start: ContainerStart } = { start: 'cold' };
  const ended = (outcome: CreateOutcome, at: number) => metrics.createEnded(outcome, tried.start, at - startedAt);
  try {
    ended('Delivered', await create(call, tried, options));
    return undefined;
  } catch (error) {
    const outcome = outcomeOf(error, call.signal);
    ended(outcome, clock.elapsed());
    span.fail(outcome);
    // Whatever failed because the client has left, there is nobody to tell.
    call.signal.throwIfAborted();
    if (!(error instanceof VirtualizationError)) throw error;
    const { code } = error;
    log.warn({ client: call.clientInstance.getID(), code, err: error }, 'no container was created');
    onContainerFailed?.(error);
    if (OUR_FAULTS.includes(code)) throw error;
    return unavailable();
  }
}

/** @returns when the response was sent, on `clock.elapsed()` */
async function create(call: RequestCall, tried: { start: ContainerStart }, options: CreateOptions): Promise<number> {
  const { clientInstance } = call;
  const { clock, log, tracer = noTracer } = options;
  const { startTimeout } = options;
  await using tokens = new TriedContainers(options.database);
  using limit = new Deadline(clock);
  limit.set(startTimeout * 1000, () => {
    return new VirtualizationError('StartTimeout', `the container took longer than ${startTimeout} s`);
  });
  const prepared = await prepareContainer(call, { tokens, tried, limit: limit.signal, startTimeout }, options);
  const { container, credentials } = prepared;
  await using undo = prepared.undo;
  const uuid = container.getUUID();
  const fields = { client: clientInstance.getID(), uuid, port: container.getListenPort(), start: tried.start };
  log.info(fields, 'container ready');
  const sentAt = await tracer.span('reply', async () => {
    await clientInstance.sendResponse(ok(reply(container, await tokens.tokenFor(uuid), credentials)));
    const at = clock.elapsed();
    await recordDelivery(container, fields, options);
    if (await clientInstance.confirmTaken()) return at;
    throw new RuntimeError('Closed', 'the client did not read the response');
  });
  undo.move();
  tokens.keep(uuid);
  log.info(fields, 'container delivered');
  return sentAt;
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

function outcomeOf(error: unknown, left: AbortSignal): CreateOutcome {
  if (left.aborted) return 'ClientLeft';
  if (error instanceof VirtualizationError) return error.code;
  return error instanceof RuntimeError && error.code === 'Closed' ? 'ClientLeft' : 'InternalError';
}
