import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { ByteChannel } from '../../../src/wire/byte-channel.ts';
import { RSAWrapper } from '../../../src/wire/rsa-wrapper.ts';
import { dialLoopback, exchangeKeys, runSession } from '../../support/raw-client.ts';
import { startTestServer } from '../../support/test-server.ts';

const [rsaWrapper, clientRsa] = await Promise.all([
  RSAWrapper.generate({ bits: 2048 }),
  RSAWrapper.generate({ bits: 2048 }),
]);

/** What the process holds outside the heap of JavaScript, without garbage. In bytes. */
function heldBytes(): number {
  setFlagsFromString('--expose-gc');
  const collect: unknown = runInNewContext('gc');
  if (typeof collect === 'function') for (let round = 0; round < 3; round += 1) collect();
  return process.memoryUsage().arrayBuffers;
}

const CLIENTS = 100;
/** Says a word, and waits until the server has taken it. */
type Claim = (channel: ByteChannel) => Promise<void>;

const claims: Record<string, Claim> = {
  'announces the longest key': async (channel) => {
    channel.send('4096====');
    await channel.read(1);
  },
  'announces the longest key and sends all but its last byte': async (channel) => {
    channel.send('4096====');
    await channel.read(1);
    await channel.write(Buffer.alloc(4_095));
  },
  'announces the longest request': async (channel) => {
    const { aes } = await exchangeKeys(channel, clientRsa);
    channel.send(aes.encrypt(Buffer.from('16384')));
    await channel.read(1);
  },
  'announces the longest request and sends all but its last byte': async (channel) => {
    const { aes } = await exchangeKeys(channel, clientRsa);
    channel.send(aes.encrypt(Buffer.from('16384')));
    await channel.read(1);
    await channel.write(Buffer.alloc(16_383));
  },
};
for (const [what, claim] of Object.entries(claims)) {
  test(`a client that ${what} makes the server hold less than 64 KiB`, async () => {
    await using server = await startTestServer({ rsaWrapper, clientTimeout: 60, stepTimeout: 60 });
    const before = heldBytes();
    const channels: ByteChannel[] = [];
    for (let number = 0; number < CLIENTS; number += 1) {
      const channel = new ByteChannel(await dialLoopback(server.getListenPort()));
      await claim(channel);
      channels.push(channel);
    }
    // Whoever comes last is answered only when what was sent before has been read.
    await runSession(new ByteChannel(await dialLoopback(server.getListenPort())), clientRsa, {
      verb: 'STAT',
      parameters: {},
    });
    assert.equal(server.getGauges().openConnections() >= CLIENTS, true);
    assert.ok(heldBytes() - before < CLIENTS * 64 * 1024);
    for (const channel of channels) channel.destroy();
  });
}
