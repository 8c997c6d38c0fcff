import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as client from '../../../src/client.ts';
import * as library from '../../../src/index.ts';
import * as server from '../../../src/server.ts';

const SHARED = {
  DEFAULT_SERVER_LISTEN_PORT: 6150,
  DEFAULT_CLIENT_TIMEOUT: 10,
  REQUEST_VERB_CREATE: 'CREATE',
  REQUEST_VERB_DESTROY: 'DESTROY',
  REQUEST_VERB_STAT: 'STAT',
  RESPONSE_MSG_OK: 'OK',
  RESPONSE_MSG_BAD_AUTH: 'Bad authentication',
  RESPONSE_MSG_BAD_REQ: 'Bad request',
  RESPONSE_MSG_REFUSED_REQ: 'Refused request',
  RESPONSE_MSG_UNAVAILABLE: 'Unavailable',
  RESPONSE_MSG_INTERNAL_ERROR: 'Internal error',
};

const CLIENT = {
  ...SHARED,
  DEFAULT_AUTO_CONNECT: true,
  // The document has true, with which no released client was released: two that both wait would wait for ever.
  DEFAULT_RECEIVE_FIRST: false,
  MESSAGE_OK: '1',
  MESSAGE_NOK: '0',
};

const SERVER = {
  ...SHARED,
  DEFAULT_SERVER_BIND_ADDRESS: '',
  DEFAULT_ASYCHRONOUS: false,
  EVENT_CLIENT: 1,
  EVENT_CLIENT_CLOSED: 2,
  EVENT_CONNECTION: 3,
  EVENT_CREATED_CONTAINER: 4,
  EVENT_CREATED_ENDPOINT_SHELL: 5,
  EVENT_DESTROYED_CONTAINER: 6,
  EVENT_MALFORMED_REQUEST: 7,
  EVENT_REQUEST: 8,
  EVENT_RUNTIME_ERROR: 9,
  EVENT_STARTED: 10,
  EVENT_STOPPED: 11,
  EVENT_UNKNOWN_VERB: 12,
};

const DOCUMENTS = [
  { name: 'the client', documented: CLIENT, entry: client },
  { name: 'the server', documented: SERVER, entry: server },
  { name: 'the library', documented: { ...CLIENT, ...SERVER }, entry: library },
];

for (const { name, documented, entry } of DOCUMENTS) {
  for (const [constant, value] of Object.entries(documented)) {
    test(`${name} has ${constant} = ${JSON.stringify(value)}`, () => {
      assert.equal((entry as Record<string, unknown>)[constant], value);
    });
  }
}

test('the library gives everything that the client and the server give', () => {
  assert.deepEqual(Object.keys(library).sort(), [...new Set([...Object.keys(client), ...Object.keys(server)])].sort());
});
