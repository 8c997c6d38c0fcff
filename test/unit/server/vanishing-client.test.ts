import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { MemoryContainerBackend } from '../../support/memory-container-backend.ts';
import { dialLoopback, runSession, VanishingChannel } from '../../support/raw-client.ts';
import { RecordedLog } from '../../support/recorded-log.ts';
import { recordedSessions, wrapperOf } from '../../support/recorded-sessions.ts';
import { startTestServer } from '../../support/test-server.ts';

const { serverKey, clientKey } = recordedSessions(3);
const serverRsa = await wrapperOf(serverKey);
const clientRsa = await wrapperOf(clientKey);
const CREATE = { verb: 'CREATE', parameters: {} };
/** Key length, key, two acknowledgements, session key, acknowledgement, request length, request, acknowledgement. */
const WRITES = 9;
const ways: Record<string, (socket: Socket) => void> = {
  closes: (socket) => socket.destroy(),
  resets: (socket) => socket.resetAndDestroy(),
};

for (const [way, vanish] of Object.entries(ways)) {
  test(`a client that ${way} the connection before any of its frames leaves no container`, async () => {
    const log = new RecordedLog();
    await using backend = new MemoryContainerBackend();
    await using server = await startTestServer({ backend, rsaWrapper: serverRsa, log });
    for (let number = 1; number <= WRITES; number += 1) {
      const socket = await dialLoopback(server.getListenPort());
      const channel = new VanishingChannel(socket, number, () => vanish(socket));
      await assert.rejects(runSession(channel, clientRsa, CREATE));
    }
    await log.line('connection ended early', WRITES);
    assert.equal(backend.containers.size, 0);
    assert.equal(backend.claimed, 1);
    assert.equal(server.getRuntimeStatistics()[1], 0);
  });
}

test('a client that breaks off after its last acknowledgement, before it has read the reply, leaves no container', async () => {
  const log = new RecordedLog();
  await using backend = new MemoryContainerBackend();
  await using server = await startTestServer({ backend, rsaWrapper: serverRsa, log });
  const socket = await dialLoopback(server.getListenPort());
  const channel = new VanishingChannel(socket, WRITES, () => {
    socket.write('1', () => socket.resetAndDestroy());
  });
  await assert.rejects(runSession(channel, clientRsa, CREATE));
  await log.line('undelivered container destroyed');
  assert.equal(backend.containers.size, 0);
});

for (const [way, vanish] of Object.entries(ways)) {
  test(`a client that ${way} the connection while its container boots ends the boot at once`, async () => {
    const log = new RecordedLog();
    const booting = Promise.withResolvers<void>();
    const boot = (aborted: AbortSignal) => {
      booting.resolve();
      return new Promise<void>((_, reject) => aborted.addEventListener('abort', () => reject(aborted.reason)));
    };
    await using backend = new MemoryContainerBackend({ boot });
    await using server = await startTestServer({ backend, rsaWrapper: serverRsa, log });
    const socket = await dialLoopback(server.getListenPort());
    const session = runSession(new VanishingChannel(socket, 0, () => undefined), clientRsa, CREATE);
    await booting.promise;
    assert.equal(backend.containers.size, 1);
    vanish(socket);
    await assert.rejects(session);
    await log.line('undelivered container destroyed');
    assert.equal(backend.containers.size, 0);
  });
}

test('a client that refuses the reply leaves no container', async () => {
  const log = new RecordedLog();
  await using backend = new MemoryContainerBackend();
  await using server = await startTestServer({ backend, rsaWrapper: serverRsa, log });
  const socket = await dialLoopback(server.getListenPort());
  const channel = new VanishingChannel(socket, WRITES, () => void socket.write('0'));
  await assert.rejects(runSession(channel, clientRsa, CREATE));
  await log.line('undelivered container destroyed');
  assert.equal(backend.containers.size, 0);
});

test('a client that keeps its connection open after the reply keeps its container', async () => {
  const log = new RecordedLog();
  await using backend = new MemoryContainerBackend();
  await using server = await startTestServer({ backend, rsaWrapper: serverRsa, log, clientTimeout: 1 });
  const socket = await dialLoopback(server.getListenPort());
  socket.allowHalfOpen = true;
  await runSession(new VanishingChannel(socket, 0, () => undefined), clientRsa, CREATE);
  await log.line('container delivered');
  assert.equal(backend.containers.size, 1);
  socket.destroy();
});
