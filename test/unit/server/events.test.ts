import assert from 'node:assert/strict';
import { Socket } from 'node:net';
import { test } from 'node:test';
import { isDeepStrictEqual } from 'node:util';
import { ClientInstance } from '../../../src/server/client-instance.ts';
import {
  EVENT_CLIENT,
  EVENT_CLIENT_CLOSED,
  EVENT_CONNECTION,
  EVENT_CREATED_CONTAINER,
  EVENT_CREATED_ENDPOINT_SHELL,
  EVENT_DESTROYED_CONTAINER,
  EVENT_MALFORMED_REQUEST,
  EVENT_REQUEST,
  EVENT_RUNTIME_ERROR,
  EVENT_STARTED,
  EVENT_STOPPED,
  EVENT_UNKNOWN_VERB,
  type ServerEvent,
} from '../../../src/server/events/server-events.ts';
import type { ServerInterface } from '../../../src/server/server-interface.ts';
import { ContainerInstance } from '../../../src/virtualization/container-instance.ts';
import { EndpointShellInstance } from '../../../src/virtualization/endpoint-shell-instance.ts';
import { clientOf, createAndDestroy, newServer, send } from './server-under-test.ts';

type Routine = (data: object) => void;

interface Documented {
  event: ServerEvent;
  method: (server: ServerInterface, routine: Routine) => void;
  /** What the routine is given: the documented names, in camel case. */
  data: Record<string, (value: unknown) => boolean>;
  /** Makes it happen on a server that listens. */
  cause: (server: ServerInterface) => Promise<unknown>;
}

const a =
  (type: new (...args: never[]) => object) =>
  (value: unknown): boolean =>
    value instanceof type;
const client = { clientInstance: a(ClientInstance) };
const container = { containerInstance: a(ContainerInstance) };
const ask =
  (verb: string, parameters?: object) =>
  (server: ServerInterface): Promise<unknown> =>
    clientOf(server).ask(verb, parameters);

const EVENTS: Record<string, Documented> = {
  onClient: {
    event: EVENT_CLIENT,
    method: (server, routine) => server.onClient(routine),
    data: client,
    cause: ask('STAT'),
  },
  onClientClosed: {
    event: EVENT_CLIENT_CLOSED,
    method: (server, routine) => server.onClientClosed(routine),
    data: client,
    cause: ask('STAT'),
  },
  onConnection: {
    event: EVENT_CONNECTION,
    method: (server, routine) => server.onConnection(routine),
    data: { clientSocket: a(Socket) },
    cause: ask('STAT'),
  },
  onCreatedContainer: {
    event: EVENT_CREATED_CONTAINER,
    method: (server, routine) => server.onCreatedContainer(routine),
    data: { ...client, ...container },
    cause: ask('CREATE'),
  },
  onCreatedEndpointShell: {
    event: EVENT_CREATED_ENDPOINT_SHELL,
    method: (server, routine) => server.onCreatedEndpointShell(routine),
    data: { ...client, ...container, endpointShellInstance: a(EndpointShellInstance) },
    cause: ask('CREATE'),
  },
  onDestroyedContainer: {
    event: EVENT_DESTROYED_CONTAINER,
    method: (server, routine) => server.onDestroyedContainer(routine),
    data: { ...client, ...container },
    cause: createAndDestroy,
  },
  onMalformedRequest: {
    event: EVENT_MALFORMED_REQUEST,
    method: (server, routine) => server.onMalformedRequest(routine),
    data: { ...client, cerberusErrorDict: (value) => isDeepStrictEqual(value, { verb: ['must be capital letters'] }) },
    cause: (server) => send(server, { verb: 'stat', parameters: {} }),
  },
  onRequest: {
    event: EVENT_REQUEST,
    method: (server, routine) => server.onRequest(routine),
    data: client,
    cause: ask('STAT'),
  },
  onRuntimeError: {
    event: EVENT_RUNTIME_ERROR,
    method: (server, routine) => server.onRuntimeError(routine),
    data: {
      ...client,
      name: (value) => value === 'request',
      exClass: (value) => value === 'TypeError',
      traceback: (value) => /^TypeError: out of tune\n +at .*events\.test\.ts/.test(String(value)),
    },
    cause: (server) => {
      server.setRequestHandler('SING', () => {
        throw new TypeError('out of tune');
      });
      return ask('SING')(server);
    },
  },
  onStarted: {
    event: EVENT_STARTED,
    method: (server, routine) => server.onStarted(routine),
    data: {},
    cause: async () => undefined,
  },
  onStopped: {
    event: EVENT_STOPPED,
    method: (server, routine) => server.onStopped(routine),
    data: {},
    cause: (server) => server.stopServer(),
  },
  onUnknownVerb: {
    event: EVENT_UNKNOWN_VERB,
    method: (server, routine) => server.onUnknownVerb(routine),
    data: client,
    cause: ask('DANCE'),
  },
};

for (const [name, { event, method, data, cause }] of Object.entries(EVENTS)) {
  const bindings = {
    [name]: method,
    [`setEventHandler(${event})`]: (server: ServerInterface, routine: Routine) =>
      server.setEventHandler(event, routine),
  };
  for (const [way, bind] of Object.entries(bindings)) {
    test(`a routine bound by ${way} is given ${Object.keys(data).join(', ') || 'nothing'} of ${name}`, async () => {
      await using tested = newServer();
      const given: object[] = [];
      const happened = new Promise<void>((resolve) => {
        bind(tested.server, (value) => {
          given.push(value);
          resolve();
        });
      });
      await tested.server.startServer({ asynchronous: true });
      await cause(tested.server);
      await happened;
      const [values = {}] = given;
      assert.deepEqual(Object.keys(values).sort(), Object.keys(data).sort());
      for (const [key, fits] of Object.entries(data)) {
        assert.ok(fits((values as Record<string, unknown>)[key]), `${key}: ${JSON.stringify(values)}`);
      }
    });
  }
}

test('the routine that was bound last is the one that runs, and the server waits for it', async () => {
  await using tested = newServer();
  const order: string[] = [];
  tested.server.onClient(() => void order.push('first'));
  tested.server.setEventHandler(EVENT_CLIENT, async ({ clientInstance }) => {
    await new Promise((resolve) => setImmediate(resolve));
    order.push(`second, request: ${clientInstance.getStoredRequest()}`);
  });
  tested.server.onRequest(({ clientInstance }) => void order.push(`${clientInstance.getStoredRequest()?.verb}`));
  await tested.server.startServer({ asynchronous: true });
  await clientOf(tested.server).ask('STAT');
  assert.deepEqual(order, ['second, request: undefined', 'STAT']);
});

test('the events of a container come in the order of its life', async () => {
  await using tested = newServer();
  const order: string[] = [];
  for (const [name, { method }] of Object.entries(EVENTS)) method(tested.server, () => void order.push(name));
  await tested.server.startServer({ asynchronous: true });
  await clientOf(tested.server).ask('CREATE');
  await tested.server.stopServer();
  assert.deepEqual(order, [
    ...['onStarted', 'onConnection', 'onClient', 'onRequest', 'onCreatedContainer', 'onCreatedEndpointShell'],
    ...['onClientClosed', 'onStopped'],
  ]);
});
