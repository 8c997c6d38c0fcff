import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EVENT_RUNTIME_ERROR, EventData } from '../../../src/server/events/server-events.ts';
import type { ServerInterface } from '../../../src/server/server-interface.ts';
import { clientOf, createAndDestroy, newServer, send } from './server-under-test.ts';

class Broken extends TypeError {
  override name = 'Broken';
}

const routine = (): never => {
  throw new Broken('a routine of ours is');
};

const create = (server: ServerInterface) => clientOf(server).ask('CREATE');
const INTERNAL_ERROR = { success: false, message: 'Internal error', data: {} };

interface Throwing {
  bind: (server: ServerInterface) => void;
  cause: (server: ServerInterface) => Promise<unknown>;
  /** Undefined: the session ends without one. */
  answer: object | undefined;
  /** What the server was at. */
  name: string;
  hasClient: boolean;
}

const ROUTINES: Record<string, Throwing> = {
  onConnection: {
    bind: (server) => server.onConnection(routine),
    ...{ cause: create, answer: undefined, name: 'session', hasClient: false },
  },
  onClient: {
    bind: (server) => server.onClient(routine),
    ...{ cause: create, answer: undefined, name: 'session', hasClient: true },
  },
  onRequest: {
    bind: (server) => server.onRequest(routine),
    ...{ cause: create, answer: INTERNAL_ERROR, name: 'request', hasClient: true },
  },
  onCreatedContainer: {
    bind: (server) => server.onCreatedContainer(routine),
    ...{ cause: create, answer: INTERNAL_ERROR, name: 'request', hasClient: true },
  },
  onCreatedEndpointShell: {
    bind: (server) => server.onCreatedEndpointShell(routine),
    ...{ cause: create, answer: INTERNAL_ERROR, name: 'request', hasClient: true },
  },
  onDestroyedContainer: {
    bind: (server) => server.onDestroyedContainer(routine),
    ...{ cause: createAndDestroy, answer: INTERNAL_ERROR, name: 'request', hasClient: true },
  },
  onMalformedRequest: {
    bind: (server) => server.onMalformedRequest(routine),
    cause: (server) => send(server, { verb: 'CREATE' }),
    ...{ answer: INTERNAL_ERROR, name: 'request', hasClient: true },
  },
  onUnknownVerb: {
    bind: (server) => server.onUnknownVerb(routine),
    cause: (server) => clientOf(server).ask('DANCE'),
    ...{ answer: INTERNAL_ERROR, name: 'request', hasClient: true },
  },
};

for (const [what, { bind, cause, answer, name, hasClient }] of Object.entries(ROUTINES)) {
  const outcome = answer ? 'answered as an internal error' : 'the end of the session';
  test(`a routine for ${what} that throws is told to onRuntimeError, and is ${outcome}`, async () => {
    await using tested = newServer();
    const { server, backend, database } = tested;
    const errors: EventData[typeof EVENT_RUNTIME_ERROR][] = [];
    bind(server);
    server.onRuntimeError((error) => void errors.push(error));
    await server.startServer({ asynchronous: true });
    if (answer) assert.deepEqual(await cause(server), answer);
    else await assert.rejects(cause(server), { name: 'RuntimeError', code: 'Closed' });
    await server.stopServer();
    const [error] = errors;
    assert.equal(errors.length, 1);
    assert.deepEqual([error?.name, error?.exClass, error?.clientInstance !== undefined], [name, 'Broken', hasClient]);
    assert.match(error?.traceback ?? '', /Broken: a routine of ours is\n.*events-throwing\.test\.ts/);
    assert.equal(server.getRuntimeStatistics()[1], 1);
    assert.equal(backend.containers.size, 0);
    assert.deepEqual(await database.listEntries(), []);
  });
}

test('a routine for onClientClosed that throws takes nothing from the client, and is told to onRuntimeError', async () => {
  await using tested = newServer();
  const { server } = tested;
  const names: string[] = [];
  server.onClientClosed(routine);
  server.onRuntimeError(({ name }) => void names.push(name));
  await server.startServer({ asynchronous: true });
  assert.equal((await clientOf(server).ask('STAT')).success, true);
  await server.stopServer();
  assert.deepEqual(names, ['session']);
});

test('a routine for onRuntimeError that throws is logged, and the client gets its answer', async () => {
  await using tested = newServer();
  const { server, log } = tested;
  server.onRequest(routine);
  server.onRuntimeError(routine);
  await server.startServer({ asynchronous: true });
  assert.deepEqual(await clientOf(server).ask('STAT'), INTERNAL_ERROR);
  assert.deepEqual(
    log.entries.filter(({ level }) => level === 'error').map(({ fields }) => fields.at),
    ['request', 'onRuntimeError'],
  );
  assert.equal(server.getRuntimeStatistics()[1], 1);
});

test('a routine for onStarted that throws is told to onRuntimeError, and the server serves', async () => {
  await using tested = newServer();
  const { server } = tested;
  const names: string[] = [];
  server.onStarted(routine);
  server.onRuntimeError(({ name }) => void names.push(name));
  await server.startServer({ asynchronous: true });
  assert.equal((await clientOf(server).ask('STAT')).success, true);
  assert.deepEqual(names, ['start']);
});

test('a routine for onStopped that throws is told to onRuntimeError, and the server has stopped', async () => {
  await using tested = newServer();
  const { server } = tested;
  const started = Promise.withResolvers<void>();
  const names: string[] = [];
  server.onStarted(() => started.resolve());
  server.onStopped(routine);
  server.onRuntimeError(({ name }) => void names.push(name));
  const served = server.startServer();
  await started.promise;
  await server.stopServer();
  await served;
  assert.deepEqual(names, ['stop']);
});

test('what is thrown and is no error is told as what it is', async () => {
  await using tested = newServer();
  const { server } = tested;
  const told = Promise.withResolvers<object>();
  server.setRequestHandler('SING', () => {
    throw 'out of tune';
  });
  server.onRuntimeError(({ exClass, traceback }) => told.resolve({ exClass, traceback }));
  await server.startServer({ asynchronous: true });
  assert.deepEqual(await clientOf(server).ask('SING'), INTERNAL_ERROR);
  assert.deepEqual(await told.promise, { exClass: 'string', traceback: 'out of tune' });
});
