import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServerInterface } from '../../../src/server/server-interface.ts';
import { clientOf, createAndDestroy, newServer, send, type TestedServer } from './server-under-test.ts';

type Closing = (server: ServerInterface) => void;

interface Session {
  close: Closing;
  cause: (server: ServerInterface) => Promise<unknown>;
  /** How many containers the server came to make. Default 0. */
  claimed?: number;
}

const SESSIONS: Record<string, Session> = {
  'the client in onClient': {
    close: (server) => server.onClient(({ clientInstance }) => clientInstance.closeConnection()),
    cause: (server) => clientOf(server).ask('CREATE'),
  },
  'the raw socket in onConnection': {
    close: (server) => server.onConnection(({ clientSocket }) => void clientSocket.destroy()),
    cause: (server) => clientOf(server).ask('CREATE'),
  },
  'the socket of the client in onClient': {
    close: (server) =>
      server.onClient(async ({ clientInstance }) => {
        const socket = clientInstance.getSocketDescriptor().destroy();
        await new Promise((resolve) => socket.once('close', resolve));
      }),
    cause: (server) => clientOf(server).ask('CREATE'),
  },
  'the client in onRequest': {
    close: (server) => server.onRequest(({ clientInstance }) => clientInstance.closeConnection()),
    cause: (server) => clientOf(server).ask('CREATE'),
  },
  'the client in onCreatedContainer': {
    close: (server) => server.onCreatedContainer(({ clientInstance }) => clientInstance.closeConnection()),
    cause: (server) => clientOf(server).ask('CREATE'),
    claimed: 1,
  },
  'the client in onCreatedEndpointShell': {
    close: (server) => server.onCreatedEndpointShell(({ clientInstance }) => clientInstance.closeConnection()),
    cause: (server) => clientOf(server).ask('CREATE'),
    claimed: 1,
  },
  'the endpoint shell in onCreatedEndpointShell': {
    close: (server) => server.onCreatedEndpointShell(({ endpointShellInstance }) => endpointShellInstance.closeShell()),
    cause: (server) => clientOf(server).ask('CREATE'),
    claimed: 1,
  },
  'the client in onDestroyedContainer': {
    close: (server) => server.onDestroyedContainer(({ clientInstance }) => clientInstance.closeConnection()),
    cause: createAndDestroy,
    claimed: 1,
  },
  'the client in onMalformedRequest': {
    close: (server) => server.onMalformedRequest(({ clientInstance }) => clientInstance.closeConnection()),
    cause: (server) => send(server, { verb: 'CREATE' }),
  },
  'the client in onUnknownVerb': {
    close: (server) => server.onUnknownVerb(({ clientInstance }) => clientInstance.closeConnection()),
    cause: (server) => clientOf(server).ask('DANCE'),
  },
};

for (const [what, { close, cause, claimed = 0 }] of Object.entries(SESSIONS)) {
  test(`a routine that closes ${what} ends the session without an answer, and leaves no container`, async () => {
    await using tested = newServer();
    close(tested.server);
    await tested.server.startServer({ asynchronous: true });
    await assert.rejects(cause(tested.server), { name: 'RuntimeError', code: 'Closed' });
    await assertClean(tested);
    assert.equal(tested.backend.claimed, claimed);
  });
}

test('a client that a routine closes is still told of as closed, and others are served', async () => {
  await using tested = newServer();
  const { server } = tested;
  const closed = Promise.withResolvers<boolean>();
  server.onClient(({ clientInstance }) => clientInstance.closeConnection());
  server.onClientClosed(({ clientInstance }) => closed.resolve(clientInstance.isClosed()));
  await server.startServer({ asynchronous: true });
  await assert.rejects(clientOf(server).ask('STAT'), { code: 'Closed' });
  assert.equal(await closed.promise, true);
  server.onClient(() => undefined);
  assert.equal((await clientOf(server).ask('STAT')).success, true);
  await assertClean(tested);
});

test('an error after which its routine closes the client is one error', async () => {
  await using tested = newServer();
  const { server } = tested;
  server.setRequestHandler('SING', () => {
    throw new TypeError('out of tune');
  });
  server.onRuntimeError(({ clientInstance }) => clientInstance?.closeConnection());
  await server.startServer({ asynchronous: true });
  await assert.rejects(clientOf(server).ask('SING'), { code: 'Closed' });
  await server.stopServer();
  assert.equal(server.getRuntimeStatistics()[1], 1);
  assert.equal(tested.log.entries.filter(({ level }) => level === 'error').length, 1);
});

/** Nothing is left, and nothing went wrong. */
async function assertClean({ server, backend, database, log }: TestedServer): Promise<void> {
  await server.stopServer();
  assert.equal(backend.containers.size, 0);
  assert.deepEqual(await database.listEntries(), []);
  assert.equal(server.getRuntimeStatistics()[1], 0);
  assert.deepEqual(
    log.entries.filter(({ level }) => level === 'error'),
    [],
  );
}
