import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { ByteChannel } from '../../../src/wire/byte-channel.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { MemoryContainerBackend } from '../../support/memory-container-backend.ts';
import { dialLoopback, runSession } from '../../support/raw-client.ts';
import { recordedSessions, wrapperOf } from '../../support/recorded-sessions.ts';
import { startTestServer } from '../../support/test-server.ts';

const { serverKey, clientKey } = recordedSessions(3);
const serverRsa = await wrapperOf(serverKey);
const clientRsa = await wrapperOf(clientKey);
const CREATE = { verb: 'CREATE', parameters: {} };

/** A boot that waits until it is let go, and a promise that tells when it was reached. */
function heldBoot() {
  const reached = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  const boot = (aborted: AbortSignal) => {
    reached.resolve();
    aborted.addEventListener('abort', () => go.reject(aborted.reason));
    return go.promise;
  };
  return { boot, reached: reached.promise, go: go.resolve };
}

test('a stopping server takes no one new at once, over HTTP neither, and finishes what it has begun', async () => {
  const { boot, reached, go } = heldBoot();
  await using backend = new MemoryContainerBackend({ boot });
  const server = await startTestServer({ backend, rsaWrapper: serverRsa, web: { listenPort: 0 } });
  const port = server.getListenPort();
  const webPort = server.getWebListenPort();
  const channel = new ByteChannel(await dialLoopback(port));
  const creating = runSession(channel, clientRsa, CREATE).finally(() => channel.destroy());
  await reached;
  const stopped = server.stopServer();
  // What has begun goes on for as long as it likes: these are refused before it may end.
  for (const closed of [port, webPort]) await assert.rejects(dialLoopback(closed), { code: 'ECONNREFUSED' });
  go();
  assert.match(JSON.stringify(await creating), /"success":true/);
  await stopped;
  assert.equal(backend.containers.size, 1);
  assert.equal(server.getRuntimeStatistics()[0], false);
});

test('after the grace period it closes the rest, and what was not given out is destroyed', async () => {
  const { boot, reached } = heldBoot();
  const clock = new FakeClock();
  await using backend = new MemoryContainerBackend({ boot });
  const server = await startTestServer({ backend, rsaWrapper: serverRsa, clock, stopGrace: 5 });
  const idle = await dialLoopback(server.getListenPort());
  const channel = new ByteChannel(await dialLoopback(server.getListenPort()));
  const creating = assert.rejects(runSession(channel, clientRsa, CREATE), { code: 'Closed' });
  await reached;
  const closed = once(idle.resume(), 'close');
  const stopped = server.stopServer();
  await clock.advance(5_000);
  await Promise.all([stopped, closed, creating]);
  assert.equal(backend.containers.size, 0);
});

test('a stopped server can be started again; one that runs can not', async () => {
  const server = await startTestServer({ rsaWrapper: serverRsa });
  await assert.rejects(server.startServer(), { name: 'RuntimeError' });
  await server.stopServer();
  await server.stopServer();
  assert.throws(() => server.getListenPort(), { code: 'NotConnected' });
  await server.startServer({ asynchronous: true });
  assert.ok(server.getListenPort() > 0);
  await server.stopServer();
});

test('a port that is taken is an error of startServer', async () => {
  await using server = await startTestServer({ rsaWrapper: serverRsa });
  const listenPort = server.getListenPort();
  await assert.rejects(startTestServer({ rsaWrapper: serverRsa, listenPort }), { code: 'EADDRINUSE' });
});
