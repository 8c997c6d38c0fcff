import assert from 'node:assert/strict';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import fc from 'fast-check';
import type { ServerInterface } from '../../../src/server/server-interface.ts';
import type { AESWrapper } from '../../../src/wire/aes-wrapper.ts';
import { ByteChannel } from '../../../src/wire/byte-channel.ts';
import { generation1 } from '../../../src/wire/generation-1.ts';
import { generation2 } from '../../../src/wire/generation-2.ts';
import { generation3 } from '../../../src/wire/generation-3.ts';
import { receivePublicKey, receiveSessionKey, sendPublicKey } from '../../../src/wire/key-exchange.ts';
import { formatLength } from '../../../src/wire/length-header.ts';
import { type Session, sendMessage } from '../../../src/wire/message-exchange.ts';
import type { PeerPublicKey } from '../../../src/wire/peer-public-key.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { MemoryContainerBackend } from '../../support/memory-container-backend.ts';
import { dialLoopback, exchangeKeys, runSession } from '../../support/raw-client.ts';
import { RecordedLog } from '../../support/recorded-log.ts';
import { recordedSessions, wrapperOf } from '../../support/recorded-sessions.ts';
import { startTestServer } from '../../support/test-server.ts';

const { serverKey, clientKey } = recordedSessions(3);
const serverRsa = await wrapperOf(serverKey);
const clientRsa = await wrapperOf(clientKey);
const STAT = { verb: 'STAT', parameters: {} };

async function channelTo(server: ServerInterface): Promise<ByteChannel> {
  return new ByteChannel(await dialLoopback(server.getListenPort()));
}

/** Everything that the server still sends, until it closes. */
function everythingFrom(socket: Socket): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const chunks: Buffer[] = [];
  socket
    .on('data', (chunk: Buffer) => chunks.push(chunk))
    .on('close', () => resolve(Buffer.concat(chunks).toString('latin1')));
  return promise;
}

/** `0` and the end, whatever was wrong. */
async function assertRefused(channel: ByteChannel): Promise<void> {
  assert.equal((await channel.read(1)).toString(), '0');
  await assert.rejects(channel.read(1), { code: 'Closed' });
  channel.destroy();
}

for (const header of [
  '9999999=',
  '99999999',
  '4097====',
  '0=======',
  '-800====',
  '+800====',
  'GET / HT',
  '\x16\x03\x01\x02\x00\x01\x00\x01',
]) {
  test(`the first header ${JSON.stringify(header)} is refused at once`, async () => {
    await using server = await startTestServer({ rsaWrapper: serverRsa });
    const channel = await channelTo(server);
    await channel.write(Buffer.from(header, 'latin1'));
    await assertRefused(channel);
  });
}

const wrongKeys: Record<string, () => string> = {
  'of 1,024 bits': () =>
    generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  'of a curve': () => generateKeyPairSync('ed25519').publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  'that is noise': () => randomBytes(800).toString('latin1'),
};
for (const [what, make] of Object.entries(wrongKeys)) {
  test(`a public key ${what} is refused`, async () => {
    await using server = await startTestServer({ rsaWrapper: serverRsa });
    const channel = await channelTo(server);
    const pem = Buffer.from(make(), 'latin1');
    await channel.write(formatLength(pem.length));
    assert.equal((await channel.read(1)).toString(), '1');
    await channel.write(pem);
    await assertRefused(channel);
  });
}

for (const [what, make] of Object.entries({
  'that cannot be decrypted': () => randomBytes(512),
  'above the modulus': () => Buffer.alloc(512, 0xff),
  'of zeros': () => Buffer.alloc(512),
  'that holds no key': (peer: PeerPublicKey) => peer.encrypt(randomBytes(47)),
})) {
  test(`a key block ${what} is answered as any other, and the message after it fails as a bad one does`, async () => {
    for (const generation of [generation1, generation2, generation3]) {
      await using server = await startTestServer({ rsaWrapper: serverRsa });
      const channel = await channelTo(server);
      await sendPublicKey(channel, clientRsa);
      await channel.write(make(await receivePublicKey(channel)));
      assert.equal((await channel.read(1)).toString(), '1');
      const aes = await receiveSessionKey(channel, clientRsa);
      const sending = sendMessage(channel, { aes, generation }, STAT, randomBytes);
      if (generation === generation3) await assert.rejects(sending, { code: 'Refused' });
      else await sending;
      await assert.rejects(channel.read(1), { code: 'Closed' });
    }
  });
}

const badHeaders: Record<string, (aes: AESWrapper) => Buffer> = {
  'of noise': () => randomBytes(16),
  'that is too large': (aes) => aes.encrypt(Buffer.from('9999984')),
  'that is no multiple of the block': (aes) => aes.encrypt(Buffer.from('65')),
  'that is no number': (aes) => aes.encrypt(Buffer.from('lots')),
};
for (const [what, make] of Object.entries(badHeaders)) {
  test(`a message length ${what} is refused`, async () => {
    await using server = await startTestServer({ rsaWrapper: serverRsa });
    const channel = await channelTo(server);
    const { aes } = await exchangeKeys(channel, clientRsa);
    await channel.write(make(aes));
    await assertRefused(channel);
  });
}

const badBodies: Record<string, (aes: AESWrapper) => Buffer> = {
  'with wrong padding': () => randomBytes(64),
  'that is not UTF-8': (aes) => Buffer.concat([aes.encrypt(Buffer.from([0x22, 0xff, 0x22])), randomBytes(16)]),
  'that is not JSON': (aes) => Buffer.concat([aes.encrypt(Buffer.from('{"verb": ')), randomBytes(16)]),
};
for (const [what, make] of Object.entries(badBodies)) {
  test(`a message ${what} gets no answer, so that nobody learns what is wrong with it`, async () => {
    await using server = await startTestServer({ rsaWrapper: serverRsa });
    const channel = await channelTo(server);
    const { aes } = await exchangeKeys(channel, clientRsa);
    const body = make(aes);
    await channel.write(generation3.sealHeader(body.length, aes));
    assert.equal((await channel.read(1)).toString(), '1');
    await channel.write(body);
    await assert.rejects(channel.read(1), { code: 'Closed' });
  });
}

test('a client that does not acknowledge is cut off', async () => {
  await using server = await startTestServer({ rsaWrapper: serverRsa });
  const channel = await channelTo(server);
  const pem = Buffer.from(clientRsa.publicKeyPem);
  await channel.write(Buffer.concat([formatLength(pem.length), pem, Buffer.from('x')]));
  await channel.read(2 + 8);
  await assert.rejects(channel.read(1), { code: 'Closed' });
});

test('noise of any kind ends the connection, and the server goes on', async () => {
  await using server = await startTestServer({ rsaWrapper: serverRsa });
  const property = fc.asyncProperty(fc.uint8Array({ minLength: 8, maxLength: 3000 }), async (noise) => {
    const socket = await dialLoopback(server.getListenPort());
    const said = everythingFrom(socket);
    socket.end(Buffer.from(noise));
    assert.match(await said, /^1?0?$/);
  });
  await fc.assert(property, { numRuns: 100 });
  assert.equal(server.getRuntimeStatistics()[1], 0);
  await runSession(await channelTo(server), clientRsa, STAT);
});

test('an idle connection and fifty that send a byte at a time do not come before a STAT', async () => {
  await using server = await startTestServer({ rsaWrapper: serverRsa });
  const port = server.getListenPort();
  const order: string[] = [];
  const idle = await dialLoopback(port);
  idle.on('close', () => order.push('idle closed'));
  const slow = await Promise.all(Array.from({ length: 50 }, () => dialLoopback(port)));
  for (const socket of slow) {
    socket.on('close', () => order.push('slow closed'));
    // Each waits for its own last byte: none of them is served before all bytes but one are there.
    for (const byte of '800====') socket.write(byte);
  }
  assert.match(JSON.stringify(await runSession(await channelTo(server), clientRsa, STAT)), /"success":true/);
  order.push('answered');
  assert.deepEqual(order, ['answered']);
  const replies = slow.map(
    (socket) => new Promise((resolve) => socket.once('data', (data) => resolve(data.toString()))),
  );
  for (const socket of slow) socket.write('=');
  assert.deepEqual([...new Set(await Promise.all(replies))], ['1']);
  for (const socket of [idle, ...slow]) socket.destroy();
});

test('one deadline counts for the whole handshake, whatever trickles in', async () => {
  const clock = new FakeClock();
  const log = new RecordedLog();
  await using server = await startTestServer({
    rsaWrapper: serverRsa,
    clock,
    log,
    stepTimeout: 60,
    speakFirstAfter: 0,
  });
  const socket = await dialLoopback(server.getListenPort());
  const closed = everythingFrom(socket);
  await clock.untilPending(1);
  for (const byte of '800') {
    socket.write(byte);
    await clock.advance(3_300);
  }
  await clock.advance(100);
  assert.equal(await closed, '');
  assert.equal((await log.line('connection ended early')).fields.code, 'TimedOut');
});

test('a client that does not take its reply is cut off in time, and its container with it', async () => {
  const clock = new FakeClock();
  const log = new RecordedLog();
  await using backend = new MemoryContainerBackend();
  await using server = await startTestServer({ backend, rsaWrapper: serverRsa, clock, log });
  const channel = await channelTo(server);
  const session: Session = await exchangeKeys(channel, clientRsa);
  await sendMessage(channel, session, { verb: 'CREATE', parameters: {} }, randomBytes);
  await channel.read(16);
  assert.equal(backend.containers.size, 1);
  await clock.advance(10_000);
  await log.line('undelivered container destroyed');
  assert.equal(backend.containers.size, 0);
  channel.destroy();
});
