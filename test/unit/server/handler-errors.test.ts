import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RuntimeError } from '../../../src/wire/errors.ts';
import { clientOf, newServer } from './server-under-test.ts';

test('an error of this library that a handler meets elsewhere is an internal error, not the end of the session', async () => {
  await using tested = newServer();
  const { server } = tested;
  const told: string[] = [];
  server.onRuntimeError(({ exClass }) => void told.push(exClass));
  server.setRequestHandler('RELAY', () => {
    throw new RuntimeError('TimedOut', 'the other server, which this handler is a client of, does not answer');
  });
  await server.startServer({ asynchronous: true });
  assert.deepEqual(await clientOf(server).ask('RELAY'), { success: false, message: 'Internal error', data: {} });
  assert.deepEqual(told, ['RuntimeError']);
});
test('a client whose connection a routine ended is not penalised for it', async () => {
  await using tested = newServer({ clientAddresses: 'known', penalties: { seconds: { noRequest: 100 } } });
  const { server } = tested;
  let first = true;
  server.onConnection(({ clientSocket }) => {
    if (first) clientSocket.destroy();
    first = false;
  });
  await server.startServer({ asynchronous: true });
  await assert.rejects(clientOf(server).ask('STAT'));
  assert.equal((await clientOf(server).ask('STAT')).success, true);
});
test('a response that the client did not take is told as none', async () => {
  await using tested = newServer();
  const { server, log } = tested;
  server.setRequestHandler('SING', ({ clientInstance }) => {
    clientInstance.closeConnection();
    return { success: true, message: 'OK' };
  });
  await server.startServer({ asynchronous: true });
  await assert.rejects(clientOf(server).ask('SING'));
  assert.equal((await log.line('request answered')).fields.answer, 'none');
});
