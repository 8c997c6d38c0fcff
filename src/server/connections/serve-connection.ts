import type { Log } from '../../runtime/log.ts';
import { WireError } from '../../wire/errors.ts';
import type { RandomBytes } from '../../wire/random-bytes.ts';
import type { RSAWrapper } from '../../wire/rsa-wrapper.ts';
import { clientId } from '../client-address.ts';
import { ClientInstance } from '../client-instance.ts';
import { EVENT_CLIENT_CLOSED, EVENT_CONNECTION } from '../events/server-events.ts';
import type { ServerMetrics } from '../server-metrics.ts';
import type { RequestContext } from '../session/answer-request.ts';
import { recordRequest } from '../session/record-request.ts';
import { serveClient } from '../session/serve-client.ts';
import type { Connection } from './connection.ts';
import type { OpenConnections } from './open-connections.ts';
import { offenceOf, outcomeOf } from './outcome.ts';
import { announcedAddress, type Opening, opening, type PrologueOptions } from './prologue.ts';
import type { Sources } from './sources.ts';

export interface ServeOptions {
  context: RequestContext;
  open: OpenConnections;
  /** Where addresses of clients are known. */
  sources: Sources | undefined;
  prologue: PrologueOptions;
  rsaWrapper: RSAWrapper;
  /** Seconds. */
  timeout: number;
  stepTimeout: number;
  randomBytes: RandomBytes;
  log: Log;
  metrics: ServerMetrics;
}

/** One connection, from its acceptance to its end, whatever the client does. Never throws. */
export async function serveConnection(connection: Connection, options: ServeOptions): Promise<void> {
  const { sources, context, log, metrics, prologue } = options;
  const { socket } = connection;
  let client: ClientInstance | undefined;
  try {
    if (!(await isAdmitted(connection, options))) return;
    await context.events.run(EVENT_CONNECTION, { clientSocket: socket });
    if (socket.destroyed) return;
    const opened = await opening(socket, prologue);
    metrics.phaseTook('prologue', prologue.clock.elapsed() - connection.connectedAt);
    metrics.connectionOpened(opened.transport);
    try {
      client = clientOf(connection, opened, options);
      await serveClient(client, opened, context);
    } finally {
      metrics.connectionClosed(opened.transport);
    }
  } catch (error) {
    const hadRequest = client?.getGeneration() !== undefined;
    if (!hadRequest) metrics.handshakeEnded(client?.getGeneration(), outcomeOf(error));
    if (!(error instanceof WireError)) return await context.onRuntimeError('session', error, client);
    if (error.code === 'Overloaded') metrics.refused('keyQueue');
    if (error.code === 'BadProxyHeader') metrics.refused('proxyHeader');
    const offence = offenceOf(error, hadRequest);
    if (offence) sources?.penalise(connection.address, offence);
    log.debug({ client: clientId(connection.address), code: error.code }, 'connection ended early');
  } finally {
    if (client) await endOf(client, options);
    else socket.destroy();
    connection.leaveSource();
  }
}

/** Counts the connection to its source. @throws `WireError` when its proxy says nothing of use */
async function isAdmitted(connection: Connection, { sources, prologue }: ServeOptions): Promise<boolean> {
  connection.address = (await announcedAddress(connection, prologue)) ?? connection.address;
  if (!sources) return true;
  const leave = sources.admit(connection.address);
  if (leave) connection.leaveSource = leave;
  return leave !== undefined;
}

function clientOf(connection: Connection, { socket }: Opening, options: ServeOptions): ClientInstance {
  const { open, rsaWrapper, timeout, stepTimeout, randomBytes, metrics, prologue } = options;
  return new ClientInstance({
    socket,
    rsaWrapper,
    timeout,
    stepTimeout,
    address: connection.address,
    connectedAt: connection.connectedAt,
    clock: prologue.clock,
    randomBytes,
    onStepEnded: metrics.phaseTook,
    onWaiting: () => open.heard(connection),
    onServed: () => open.served(connection),
  });
}

async function endOf(client: ClientInstance, { context, log, metrics, prologue }: ServeOptions): Promise<void> {
  const generation = client.getGeneration();
  if (generation !== undefined) {
    metrics.handshakeEnded(generation, 'completed');
    recordRequest(client, { generation }, { context, log, metrics, clock: prologue.clock });
  }
  client[Symbol.dispose]();
  try {
    await context.events.run(EVENT_CLIENT_CLOSED, { clientInstance: client });
  } catch (error) {
    if (!(error instanceof WireError)) await context.onRuntimeError('session', error, client);
  }
}
