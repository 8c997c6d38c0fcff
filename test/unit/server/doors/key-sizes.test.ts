import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ByteChannel } from '../../../../src/wire/byte-channel.ts';
import { RSAWrapper } from '../../../../src/wire/rsa-wrapper.ts';
import { ask, dialLoopback, exchangeKeys, exchangeKeysSecond } from '../../../support/raw-client.ts';
import { recordedSessions, wrapperOf } from '../../../support/recorded-sessions.ts';
import { startTestServer } from '../../../support/test-server.ts';

const clientRsa = await wrapperOf(recordedSessions(3).clientKey);
const orders = [
  { order: 'speaks first', exchange: exchangeKeys, speakFirstAfter: 0 },
  { order: 'is spoken to', exchange: exchangeKeysSecond, speakFirstAfter: 0.01 },
];

for (const bits of [2048, 3072]) {
  test(`a server key of ${bits} bits serves every generation, whoever speaks first`, async (t) => {
    const rsaWrapper = await RSAWrapper.generate({ bits });
    for (const { order, exchange, speakFirstAfter } of orders) {
      await using server = await startTestServer({ rsaWrapper, speakFirstAfter });
      for (const generation of [1, 2, 3] as const) {
        await t.test(`generation ${generation}, where the client ${order}`, async () => {
          const channel = new ByteChannel(await dialLoopback(server.getListenPort()));
          const session = await exchange(channel, clientRsa, generation);
          const answer = await ask(channel, session, { verb: 'STAT', parameters: {} });
          assert.match(JSON.stringify(answer), /"success":true/);
          channel.destroy();
        });
      }
    }
  });
}
