import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClientInterface } from '../../../src/client/client-interface.ts';
import { createdContainer } from '../../../src/wire/response.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { MemoryContainerBackend } from '../../support/memory-container-backend.ts';
import { RecordedLog } from '../../support/recorded-log.ts';
import { recordedSessions, wrapperOf } from '../../support/recorded-sessions.ts';
import { startTestServer } from '../../support/test-server.ts';

const { serverKey, clientKey } = recordedSessions(3);
const serverRsa = await wrapperOf(serverKey);
const clientRsa = await wrapperOf(clientKey);

async function ask(port: number, verb: string, parameters: Record<string, unknown> = {}) {
  await using client = new ClientInterface({ serverIp: '127.0.0.1', serverListenPort: port, rsaWrapper: clientRsa });
  await client.sendRequest(verb, parameters);
  return await client.recvResponse();
}

test('STAT tells version, whole seconds of uptime, and free containers', async () => {
  const clock = new FakeClock(1_000_000);
  await using backend = new MemoryContainerBackend({ slots: 5 });
  await using server = await startTestServer({ backend, rsaWrapper: serverRsa, clock });
  await clock.advance(2_900);
  assert.deepEqual(await ask(server.getListenPort(), 'STAT'), {
    success: true,
    message: 'OK',
    data: { version: '0.0.0-test', uptime: 2, available: 5 },
  });
  assert.deepEqual(server.getRuntimeStatistics(), [true, 0, 2, 5]);
});

test('CREATE gives a container that its credentials open, and DESTROY with its token ends it', async () => {
  await using backend = new MemoryContainerBackend();
  await using server = await startTestServer({ backend, rsaWrapper: serverRsa });
  const port = server.getListenPort();
  const { data, ...answer } = await ask(port, 'CREATE');
  assert.deepEqual(answer, { success: true, message: 'OK' });
  const container = createdContainer(data);
  const slot = backend.containers.get(container.container_uuid);
  assert.equal(container.container_iso_sha256, backend.isoSha256);
  assert.equal(container.container_listen_port, slot?.record.listenPort);
  assert.deepEqual(slot?.credentials, {
    username: container.container_username,
    password: container.container_password,
    hostKeyFingerprint: container.container_host_key_sha256,
  });
  assert.equal(slot?.machine.commands.length, 1);

  const key = { container_uuid: container.container_uuid, client_token: container.client_token };
  assert.deepEqual(await ask(port, 'DESTROY', key), { success: true, message: 'OK', data: {} });
  assert.equal(backend.containers.size, 0);
});

test('a container counts as delivered once the client has its credentials', async () => {
  const log = new RecordedLog();
  await using backend = new MemoryContainerBackend();
  await using server = await startTestServer({ backend, rsaWrapper: serverRsa, log });
  await ask(server.getListenPort(), 'CREATE');
  await log.line('container delivered');
  assert.deepEqual(
    [...backend.containers.values()].map(({ delivered }) => delivered),
    [true],
  );
});

test('DESTROY answers a wrong token and an unknown container alike, and destroys nothing', async () => {
  await using backend = new MemoryContainerBackend();
  await using server = await startTestServer({ backend, rsaWrapper: serverRsa });
  const uuid = '123e4567-e89b-42d3-a456-426614174000';
  backend.put(uuid, 'a'.repeat(255));
  const wrongToken = { container_uuid: uuid, client_token: 'b'.repeat(255) };
  const unknown = { container_uuid: uuid.replace('1', '2'), client_token: 'a'.repeat(255) };
  const refusal = { success: false, message: 'Bad authentication', data: {} };
  assert.deepEqual(await ask(server.getListenPort(), 'DESTROY', wrongToken), refusal);
  assert.deepEqual(await ask(server.getListenPort(), 'DESTROY', unknown), refusal);
  assert.equal(backend.containers.size, 1);
});

test('CREATE without a free slot is unavailable', async () => {
  await using backend = new MemoryContainerBackend({ slots: 0 });
  await using server = await startTestServer({ backend, rsaWrapper: serverRsa });
  const answer = { success: false, message: 'Unavailable', data: {} };
  assert.deepEqual(await ask(server.getListenPort(), 'CREATE'), answer);
  assert.equal(server.getRuntimeStatistics()[1], 0);
});

test('a container that does not start in time is unavailable, and destroyed', async () => {
  const booting = Promise.withResolvers<void>();
  const boot = (signal: AbortSignal) => {
    booting.resolve();
    return new Promise<void>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  };
  const clock = new FakeClock();
  await using backend = new MemoryContainerBackend({ boot });
  await using server = await startTestServer({ backend, rsaWrapper: serverRsa, clock, startTimeout: 30 });
  const answer = ask(server.getListenPort(), 'CREATE');
  await booting.promise;
  await clock.advance(30_000);
  assert.deepEqual(await answer, { success: false, message: 'Unavailable', data: {} });
  assert.equal(backend.claimed, 1);
  assert.equal(backend.containers.size, 0);
});

test('a verb nobody serves, and a request of the wrong form, are bad requests', async () => {
  await using server = await startTestServer({ rsaWrapper: serverRsa });
  const port = server.getListenPort();
  const message = (reason: string) => ({ success: false, message: `Bad request (reason : ${reason})`, data: {} });
  assert.deepEqual(await ask(port, 'DANCE', { tempo: 120 }), message('Unhandled verb'));
  assert.deepEqual(await ask(port, 'CONSTRUCTOR'), message('Unhandled verb'));
  assert.deepEqual(await ask(port, 'DESTROY'), message('Malformed request'));
});

test('what a handler throws is logged and counted, and the client learns nothing of it', async () => {
  const log = new RecordedLog();
  await using server = await startTestServer({ rsaWrapper: serverRsa, log });
  server.setRequestHandler('STAT', () => {
    throw new Error('the database password is hunter2');
  });
  assert.deepEqual(await ask(server.getListenPort(), 'STAT'), { success: false, message: 'Internal error', data: {} });
  assert.equal((await log.line('internal error')).level, 'error');
  assert.equal(server.getRuntimeStatistics()[1], 1);
});

test('no line of the log holds a token or a password', async () => {
  const log = new RecordedLog();
  await using backend = new MemoryContainerBackend();
  await using server = await startTestServer({ backend, rsaWrapper: serverRsa, log });
  const container = createdContainer((await ask(server.getListenPort(), 'CREATE')).data);
  const { container_uuid, client_token } = container;
  await ask(server.getListenPort(), 'DESTROY', { container_uuid, client_token });
  await server.stopServer();
  const lines = JSON.stringify(log.entries);
  assert.ok(lines.includes(container_uuid));
  assert.equal(lines.includes(client_token) || lines.includes(container.container_password), false);
});

test('a custom verb is served by the handler that was set', async () => {
  await using server = await startTestServer({ rsaWrapper: serverRsa });
  server.setRequestHandler('DANCE', ({ request, clientInstance }) => ({
    success: true,
    message: 'OK',
    data: { tempo: request.parameters.tempo, from: clientInstance.getIP(), id: clientInstance.getID() },
  }));
  const { data } = await ask(server.getListenPort(), 'DANCE', { tempo: 120 });
  assert.deepEqual(data, { tempo: 120, from: '127.0.0.1', id: '12ca17b' });
});
