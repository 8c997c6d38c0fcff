import { Deadline } from '../../runtime/deadline.ts';
import { noTracer } from '../../runtime/tracing.ts';
import type { ContainerCredentials } from '../../virtualization/container-credentials.ts';
import type { ContainerInstance } from '../../virtualization/container-instance.ts';
import { VirtualizationError } from '../../virtualization/errors.ts';
import { RuntimeError } from '../../wire/errors.ts';
import { EVENT_CREATED_CONTAINER, EVENT_CREATED_ENDPOINT_SHELL } from '../events/server-events.ts';
import type { RequestCall } from '../request-handler.ts';
import type { ContainerStart } from '../server-metrics.ts';
import type { CreateOptions } from './create-options.ts';
import type { TriedContainers } from './tried-containers.ts';

/** A container that waits for its client. Disposal of `undo` destroys it. */
export interface PreparedContainer {
  container: ContainerInstance;
  credentials: ContainerCredentials;
  undo: AsyncDisposableStack;
}

interface Attempt {
  tokens: TriedContainers;
  /** Told what is being tried. */
  tried: { start: ContainerStart };
  /** Aborts when the time of the CREATE is up. */
  limit: AbortSignal;
  /** Seconds. */
  startTimeout: number;
}

const DESTROY_TIMEOUT_MS = 30_000;
/** For each step with a warm container, which has its SSH server running: one that hangs must leave time for others. */
const WARM_PATIENCE_MS = 20_000;
const WARM_PATIENCE_SHARE = 1 / 3;
/** Where all fail alike, one CREATE must not use up the machines that are booted for others. */
const MOST_TRIES = 5;

/**
 * Claims containers until one is set up and reachable. Each that fails is destroyed: after a warm one another is taken, up
 * to five in all, with a cold one it ends.
 * @throws `VirtualizationError`; the signal's reason when the client leaves; what a routine throws
 */
export async function prepareContainer(
  call: RequestCall,
  attempt: Attempt,
  options: CreateOptions,
): Promise<PreparedContainer> {
  const { tokens, tried, limit } = attempt;
  const { virtualization, iso, log, tracer = noTracer } = options;
  const client = call.clientInstance.getID();
  const order = { clientId: client, tokenFor: (uuid: string) => tokens.tokenFor(uuid), iso };
  for (let tries = 1; ; tries += 1) {
    call.signal.throwIfAborted();
    tried.start = 'cold';
    // Not cut off when the client leaves: a claim that was cut off may have been made all the same.
    const container = await tracer.span('claim', async (span) => {
      const claimed = await virtualization.createContainer(order, limit);
      tried.start = claimed.isWarm() ? 'warm' : 'cold';
      span.set('anweddol.container.uuid', claimed.getUUID());
      span.set('anweddol.container.start', tried.start);
      return claimed;
    });
    const fields = { client, uuid: container.getUUID(), port: container.getListenPort(), start: tried.start };
    await using undo = new AsyncDisposableStack();
    undo.defer(() => destroyUndelivered(container, fields, options));
    try {
      const credentials = await setUp(container, call, attempt, options);
      return { container, credentials, undo: undo.move() };
    } catch (error) {
      if (limit.aborted || call.signal.aborted || !isItsOwnFault(container, error) || tries === MOST_TRIES) throw error;
      log.warn({ ...fields, code: error.code, err: error }, 'warm container failed, the next one is taken');
      options.onContainerFailed?.(error);
    }
  }
}

async function setUp(
  container: ContainerInstance,
  { clientInstance, signal }: RequestCall,
  { limit, startTimeout }: Attempt,
  { events, clock, tracer = noTracer }: CreateOptions,
): Promise<ContainerCredentials> {
  const whole = AbortSignal.any([limit, signal]);
  using step = new Deadline(clock, whole);
  const begin = () => {
    if (!container.isWarm()) return;
    const ms = Math.min(WARM_PATIENCE_MS, startTimeout * 1000 * WARM_PATIENCE_SHARE);
    step.set(ms, () => new VirtualizationError('StartTimeout', `a warm container hung for ${ms / 1000} s`));
  };
  await events.run(EVENT_CREATED_CONTAINER, { clientInstance, containerInstance: container });
  whole.throwIfAborted();
  begin();
  await using shell = await tracer.span('shell', () => container.createEndpointShell(step.signal));
  step.clear();
  const data = { endpointShellInstance: shell, containerInstance: container, clientInstance };
  await events.run(EVENT_CREATED_ENDPOINT_SHELL, data);
  if (shell.isClosed()) throw new RuntimeError('Closed', 'a routine closed the endpoint shell');
  begin();
  const credentials = await tracer.span('setup', () => shell.administrateContainer(step.signal));
  step.clear();
  await tracer.span('hand-over', () => container.handOver(credentials, whole));
  whole.throwIfAborted();
  return credentials;
}

/** Of a warm container: whether another one may do better. */
function isItsOwnFault(container: ContainerInstance, error: unknown): error is VirtualizationError {
  return container.isWarm() && error instanceof VirtualizationError && error.code !== 'QuotaExceeded';
}

/** Where this fails the operator does it later: the container was never marked as delivered. */
async function destroyUndelivered(
  container: ContainerInstance,
  fields: object,
  { clock, log, tracer = noTracer }: CreateOptions,
): Promise<void> {
  using deadline = new Deadline(clock);
  deadline.set(DESTROY_TIMEOUT_MS, () => new Error('the container could not be destroyed in time'));
  try {
    await tracer.span('destroy', () => container.stopDomain(deadline.signal));
    log.info(fields, 'undelivered container destroyed');
  } catch (error) {
    log.error({ ...fields, err: error }, 'undelivered container not destroyed');
  }
}
