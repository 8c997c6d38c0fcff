import { ClientInterface } from '../../../src/client/client-interface.ts';
import { MemoryDatabase } from '../../../src/server/database/memory-database.ts';
import { ServerInterface } from '../../../src/server/server-interface.ts';
import type { ServerInterfaceOptions } from '../../../src/server/server-options.ts';
import { VirtualizationInterface } from '../../../src/virtualization/virtualization-interface.ts';
import { ByteChannel } from '../../../src/wire/byte-channel.ts';
import { createdContainer, type Response } from '../../../src/wire/response.ts';
import { MemoryContainerBackend } from '../../support/memory-container-backend.ts';
import { dialLoopback, runSession } from '../../support/raw-client.ts';
import { RecordedLog } from '../../support/recorded-log.ts';
import { recordedSessions, wrapperOf } from '../../support/recorded-sessions.ts';

const { serverKey, clientKey } = recordedSessions(3);
export const serverRsa = await wrapperOf(serverKey);
export const clientRsa = await wrapperOf(clientKey);

/** A server as a user of the library makes it, with containers and a database in memory. It has not been started. */
export interface TestedServer extends AsyncDisposable {
  server: ServerInterface;
  backend: MemoryContainerBackend;
  database: MemoryDatabase;
  log: RecordedLog;
}

export function newServer(options: ServerInterfaceOptions = {}): TestedServer {
  const backend = new MemoryContainerBackend();
  const database = new MemoryDatabase();
  const log = new RecordedLog();
  const server = new ServerInterface({
    bindAddress: '127.0.0.1',
    listenPort: 0,
    runtimeVirtualizationInterface: new VirtualizationInterface(backend),
    runtimeDatabaseInterface: database,
    runtimeRsaWrapper: serverRsa,
    log,
    ...options,
  });
  return {
    server,
    backend,
    database,
    log,
    async [Symbol.asyncDispose]() {
      await server.stopServer();
      await backend[Symbol.asyncDispose]();
    },
  };
}

/** Whoever asks a server, with a connection for each request. */
export function clientOf(server: ServerInterface): { ask(verb: string, parameters?: object): Promise<Response> } {
  const options = { serverIp: '127.0.0.1', serverListenPort: server.getListenPort(), rsaWrapper: clientRsa };
  return {
    async ask(verb, parameters = {}) {
      await using client = new ClientInterface({ ...options, generation: 3 });
      await client.sendRequest(verb, { ...parameters });
      return await client.recvResponse();
    },
  };
}

export async function createAndDestroy(server: ServerInterface): Promise<Response> {
  const client = clientOf(server);
  const { container_uuid, client_token } = createdContainer((await client.ask('CREATE')).data);
  return client.ask('DESTROY', { container_uuid, client_token });
}

/** Any message at all, and the answer to it. */
export async function send(server: ServerInterface, message: object): Promise<unknown> {
  const channel = new ByteChannel(await dialLoopback(server.getListenPort()));
  try {
    return await runSession(channel, clientRsa, message);
  } finally {
    channel.destroy();
  }
}
