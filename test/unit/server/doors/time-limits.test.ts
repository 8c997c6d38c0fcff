import assert from 'node:assert/strict';
import { test } from 'node:test';
import { noServerMetrics } from '../../../../src/server/server-metrics.ts';
import { ByteChannel } from '../../../../src/wire/byte-channel.ts';
import { formatLength } from '../../../../src/wire/length-header.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { dialLoopback, exchangeKeys } from '../../../support/raw-client.ts';
import { RecordedLog } from '../../../support/recorded-log.ts';
import { recordedSessions, wrapperOf } from '../../../support/recorded-sessions.ts';
import { startTestServer } from '../../../support/test-server.ts';

const { serverKey, clientKey } = recordedSessions(3);
const rsaWrapper = await wrapperOf(serverKey);
const clientRsa = await wrapperOf(clientKey);

/** Each leads to its place; `ended` resolves when the server is through with the exchange of keys. */
const steps: Record<string, (channel: ByteChannel, ended: Promise<void>) => Promise<unknown>> = {
  'before its first byte': async () => undefined,
  'in the exchange of public keys': async (channel) => {
    await channel.write(formatLength(800));
    await channel.read(1);
  },
  'in the exchange of session keys': async (channel) => {
    await channel.write(Buffer.concat([formatLength(800), Buffer.from(clientRsa.publicKeyPem), Buffer.from('11')]));
    await channel.read(2 + 8 + 800);
  },
  'before its request': async (channel, ended) => {
    await exchangeKeys(channel, clientRsa);
    await ended;
  },
};

for (const [where, lead] of Object.entries(steps)) {
  test(`a client that stops ${where} is cut off after the limit of a step`, async () => {
    const clock = new FakeClock();
    const log = new RecordedLog();
    const exchange = Promise.withResolvers<void>();
    const phaseTook = (phase: string) => phase === 'sessionKeys' && exchange.resolve();
    const metrics = { ...noServerMetrics, phaseTook };
    await using server = await startTestServer({ rsaWrapper, clock, log, metrics, speakFirstAfter: 0 });
    const channel = new ByteChannel(await dialLoopback(server.getListenPort()));
    await clock.untilPending(1);
    await clock.advance(1_000);
    await lead(channel, exchange.promise);
    await clock.advance(3_900);
    assert.equal(log.entries.length, 0);
    await clock.advance(1_200);
    assert.equal((await log.line('connection ended early')).fields.code, 'TimedOut');
    await assert.rejects(channel.read(1), { code: 'Closed' });
    assert.equal(clock.pending, 0);
  });
}

test('the limit over all steps counts from the connection, however the steps share it', async () => {
  const clock = new FakeClock();
  const log = new RecordedLog();
  await using server = await startTestServer({ rsaWrapper, clock, log, speakFirstAfter: 0, clientTimeout: 8 });
  const channel = new ByteChannel(await dialLoopback(server.getListenPort()));
  await clock.untilPending(1);
  await clock.advance(4_000);
  await steps['in the exchange of session keys']?.(channel, Promise.resolve());
  await clock.advance(3_900);
  assert.equal(log.entries.length, 0);
  await clock.advance(200);
  assert.equal((await log.line('connection ended early')).fields.code, 'TimedOut');
  channel.destroy();
});
