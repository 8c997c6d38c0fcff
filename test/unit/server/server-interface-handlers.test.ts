import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  REQUEST_VERB_CREATE,
  REQUEST_VERB_DESTROY,
  REQUEST_VERB_STAT,
  RESPONSE_MSG_OK,
  RESPONSE_MSG_REFUSED_REQ,
} from '../../../src/server/constants.ts';
import { clientOf, newServer } from './server-under-test.ts';

test('a verb of the user is served, with the request and its client', async () => {
  await using tested = newServer();
  tested.server.setRequestHandler('ECHO', async ({ request, clientInstance, signal }) => ({
    success: true,
    message: RESPONSE_MSG_OK,
    data: { verb: request.verb, said: request.parameters.say, from: clientInstance.getIP(), left: signal.aborted },
  }));
  await tested.server.startServer({ asynchronous: true });
  assert.deepEqual((await clientOf(tested.server).ask('ECHO', { say: 'hello' })).data, {
    verb: 'ECHO',
    said: 'hello',
    from: '127.0.0.1',
    left: false,
  });
});

for (const verb of [REQUEST_VERB_STAT, REQUEST_VERB_CREATE, REQUEST_VERB_DESTROY]) {
  test(`the handler of ${verb} can be replaced, while the server runs too`, async () => {
    await using tested = newServer();
    await tested.server.startServer({ asynchronous: true });
    for (const reason of ['first', 'second']) {
      tested.server.setRequestHandler(verb, () => ({ success: false, message: RESPONSE_MSG_REFUSED_REQ, reason }));
      const message = `Refused request (reason : ${reason})`;
      assert.deepEqual(await clientOf(tested.server).ask(verb), { success: false, message, data: {} });
    }
    assert.equal(tested.backend.claimed, 0);
  });
}

test('a handler may send the response itself', async () => {
  await using tested = newServer();
  tested.server.setRequestHandler('ECHO', async ({ clientInstance }) => {
    await clientInstance.sendResponse({ success: true, message: RESPONSE_MSG_OK, data: { sent: 'by itself' } });
    return undefined;
  });
  await tested.server.startServer({ asynchronous: true });
  assert.deepEqual((await clientOf(tested.server).ask('ECHO')).data, { sent: 'by itself' });
});

test('a handler that closes the client ends its session', async () => {
  await using tested = newServer();
  tested.server.setRequestHandler('ECHO', ({ clientInstance }) => {
    clientInstance.closeConnection();
    return undefined;
  });
  await tested.server.startServer({ asynchronous: true });
  await assert.rejects(clientOf(tested.server).ask('ECHO'), { name: 'RuntimeError', code: 'Closed' });
  assert.equal(tested.server.getRuntimeStatistics()[1], 0);
});
