import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { ByteChannel } from '../../../../src/wire/byte-channel.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { ask, dialLoopback, exchangeKeysSecond, runSession } from '../../../support/raw-client.ts';
import { recordedSessions, wrapperOf } from '../../../support/recorded-sessions.ts';
import { startTestServer } from '../../../support/test-server.ts';

const { serverKey, clientKey } = recordedSessions(3);
const rsaWrapper = await wrapperOf(serverKey);
const clientRsa = await wrapperOf(clientKey);
const STAT = { verb: 'STAT', parameters: {} };

for (const generation of [1, 2, 3] as const) {
  test(`a client of generation ${generation} that waits for the server is spoken to and served`, async () => {
    const clock = new FakeClock();
    await using server = await startTestServer({ rsaWrapper, clock });
    const socket = await dialLoopback(server.getListenPort());
    const channel = new ByteChannel(socket);
    await clock.untilPending(2);
    const greeting = once(socket, 'data');
    await clock.advance(1_500);
    assert.equal((await greeting)[0].toString(), '800=====');
    const session = await exchangeKeysSecond(channel, clientRsa, generation);
    assert.match(JSON.stringify(await ask(channel, session, STAT)), /"success":true/);
    channel.destroy();
  });
}

test('with speakFirstAfter 0 the server never speaks first', async () => {
  const clock = new FakeClock();
  await using server = await startTestServer({ rsaWrapper, clock, speakFirstAfter: 0, stepTimeout: 60 });
  const socket = await dialLoopback(server.getListenPort());
  const said: Buffer[] = [];
  socket.on('data', (bytes: Buffer) => said.push(bytes));
  await clock.untilPending(1);
  await clock.advance(9_000);
  const channel = new ByteChannel(socket);
  assert.match(JSON.stringify(await runSession(channel, clientRsa, STAT)), /"success":true/);
  assert.equal(said[0]?.toString(), '1');
  channel.destroy();
});

test('a client that speaks just when it is spoken to is not served in a mix of the two orders', async () => {
  const clock = new FakeClock();
  await using server = await startTestServer({ rsaWrapper, clock });
  const socket = await dialLoopback(server.getListenPort());
  await clock.untilPending(2);
  await clock.advance(1_500);
  const channel = new ByteChannel(socket);
  await channel.read(8);
  await channel.write('800=====');
  await assert.rejects(channel.read(1), { code: 'Closed' });
});
