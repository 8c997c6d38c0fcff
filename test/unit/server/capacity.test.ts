import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import fc from 'fast-check';
import { SilenceOrder } from '../../../src/server/admission/silence-order.ts';
import { ByteChannel } from '../../../src/wire/byte-channel.ts';
import { MemoryContainerBackend } from '../../support/memory-container-backend.ts';
import { dialLoopback, runSession } from '../../support/raw-client.ts';
import { recordedSessions, wrapperOf } from '../../support/recorded-sessions.ts';
import { startTestServer } from '../../support/test-server.ts';
import { ToldMetrics } from './told-metrics.ts';

const { serverKey, clientKey } = recordedSessions(3);
const serverRsa = await wrapperOf(serverKey);
const clientRsa = await wrapperOf(clientKey);

test('at the cap the connection that has been silent longest is closed, and the newcomer is served', async () => {
  const metrics = new ToldMetrics();
  await using server = await startTestServer({ rsaWrapper: serverRsa, metrics, maxConnections: 3 });
  const port = server.getListenPort();
  const closed: string[] = [];
  const sockets = new Map<string, Awaited<ReturnType<typeof dialLoopback>>>();
  for (const name of ['first', 'second', 'third']) {
    const socket = await dialLoopback(port);
    socket.on('close', () => closed.push(name));
    // A header alone is answered, so the server has heard of this connection before the next one comes.
    socket.write('800=====');
    await once(socket, 'data');
    sockets.set(name, socket);
  }
  const [first, second] = [sockets.get('first'), sockets.get('second')];
  assert.ok(first && second);
  first.write(clientRsa.publicKeyPem);
  await once(first, 'data');
  const evicted = once(second, 'close');
  const channel = new ByteChannel(await dialLoopback(port));
  const response = await runSession(channel, clientRsa, { verb: 'STAT', parameters: {} });
  await evicted;
  assert.deepEqual(closed, ['second']);
  assert.deepEqual(metrics.beginning('refused'), ['refused evicted']);
  assert.match(JSON.stringify(response), /"success":true/);
  for (const socket of sockets.values()) socket.destroy();
  channel.destroy();
});

test('a connection whose container boots is never closed for a newcomer', async () => {
  const booting = Promise.withResolvers<void>();
  const go = Promise.withResolvers<void>();
  const boot = () => {
    booting.resolve();
    return go.promise;
  };
  await using backend = new MemoryContainerBackend({ boot });
  const metrics = new ToldMetrics();
  await using server = await startTestServer({ backend, rsaWrapper: serverRsa, metrics, maxConnections: 1 });
  const channel = new ByteChannel(await dialLoopback(server.getListenPort()));
  const creating = runSession(channel, clientRsa, { verb: 'CREATE', parameters: {} });
  await booting.promise;
  const newcomer = await dialLoopback(server.getListenPort());
  await once(newcomer, 'close');
  assert.deepEqual(metrics.beginning('refused'), ['refused capacity']);
  go.resolve();
  assert.match(JSON.stringify(await creating), /"success":true/);
  channel.destroy();
});

test('the web server has its places among those of the port: a newcomer at either takes that of a silent one at the other', async () => {
  const web = { listenPort: 0 };
  await using server = await startTestServer({ rsaWrapper: serverRsa, web, maxConnections: 1 });
  const ports = [server.getListenPort(), server.getWebListenPort()];
  let longestSilent = await dialLoopback(server.getListenPort());
  for (const port of [...ports.toReversed(), ...ports.toReversed()]) {
    const closed = once(longestSilent.resume(), 'close');
    longestSilent = await dialLoopback(port);
    await closed;
    assert.equal(server.getGauges().openConnections(), 1);
  }
  longestSilent.destroy();
});

test('the order of silence is the order in which connections were last heard', () => {
  const step = fc.record({ heard: fc.boolean(), connection: fc.integer({ min: 0, max: 5 }) });
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const order = new SilenceOrder<number>();
      let expected: number[] = [];
      for (const { heard, connection } of steps) {
        expected = expected.filter((other) => other !== connection);
        if (heard) expected.push(connection);
        if (heard) order.heard(connection);
        else order.remove(connection);
        assert.equal(order.longestSilent(), expected[0]);
      }
    }),
  );
});
