import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ok } from '../../../src/server/answer.ts';
import type { RequestHandler } from '../../../src/server/request-handler.ts';
import { noServerMetrics } from '../../../src/server/server-metrics.ts';
import { ByteChannel } from '../../../src/wire/byte-channel.ts';
import { RuntimeError, ValueError } from '../../../src/wire/errors.ts';
import { RSAWrapper } from '../../../src/wire/rsa-wrapper.ts';
import { dialLoopback, exchangeKeys, runSession, VanishingChannel } from '../../support/raw-client.ts';
import { startTestServer } from '../../support/test-server.ts';

const [rsaWrapper, clientRsa] = await Promise.all([
  RSAWrapper.generate({ bits: 2048 }),
  RSAWrapper.generate({ bits: 2048 }),
]);

/** Faults of whoever serves a verb: no client is to blame for them, and each waits for its answer. */
const handlers: Record<string, RequestHandler> = {
  'throws anything': () => {
    throw new TypeError('a mistake');
  },
  'throws what a key of its own makes': () => {
    throw new ValueError('BadPrivateKey', 'a key file of the handler is wrong');
  },
  'throws what another server makes it': () => {
    throw new RuntimeError('TimedOut', 'another server took too long');
  },
  'answers more than a message holds': () => ok({ text: 'x'.repeat(20_000) }),
  'answers what JSON does not have': () => ok({ number: 1n }),
};
for (const [what, handler] of Object.entries(handlers)) {
  test(`a handler that ${what} is the fault of the server, which says so and holds no client to account`, async () => {
    await using server = await startTestServer({
      rsaWrapper,
      clientAddresses: 'known',
      penalties: { thresholdSeconds: 1 },
    });
    server.setRequestHandler('BREAK', handler);
    const channel = new ByteChannel(await dialLoopback(server.getListenPort()));
    const response = await runSession(channel, clientRsa, { verb: 'BREAK', parameters: {} });
    assert.deepEqual(response, { success: false, message: 'Internal error', data: {} });
    channel.destroy();
    assert.equal(server.getRuntimeStatistics()[1], 1);
    // Whoever was held to account would not be let in again.
    const again = new ByteChannel(await dialLoopback(server.getListenPort()));
    await exchangeKeys(again, clientRsa);
    again.destroy();
  });
}

test('a client that leaves before it is told that its request was malformed is counted once', async () => {
  const outcomes: string[] = [];
  const closed = Promise.withResolvers<void>();
  const metrics = {
    ...noServerMetrics,
    handshakeEnded: (_generation: unknown, outcome: string) => void outcomes.push(outcome),
  };
  await using server = await startTestServer({ rsaWrapper, metrics });
  server.onClientClosed(() => closed.resolve());
  const socket = await dialLoopback(server.getListenPort());
  // In place of the acknowledgement of the response.
  const channel = new VanishingChannel(socket, 9, () => socket.destroy());
  await assert.rejects(runSession(channel, clientRsa, { verb: 'stat', parameters: {} }));
  await closed.promise;
  assert.deepEqual(outcomes, ['completed']);
});
