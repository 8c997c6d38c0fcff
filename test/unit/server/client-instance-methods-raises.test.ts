import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import type { ClientInstance } from '../../../src/server/client-instance.ts';
import { AESWrapper } from '../../../src/wire/aes-wrapper.ts';
import { sendPublicKey } from '../../../src/wire/key-exchange.ts';
import { formatLength } from '../../../src/wire/length-header.ts';
import { ask, exchangeKeys } from '../../support/raw-client.ts';
import { meetRaw } from './client-instance-meeting.ts';
import { clientRsa } from './server-under-test.ts';

const REQUEST = { verb: 'STAT', parameters: {} };
const OK = { success: true, message: 'OK' };

const METHODS: Record<string, (instance: ClientInstance) => Promise<unknown>> = {
  exchangeKeys: (instance) => instance.exchangeKeys(),
  'exchangeKeys, the server first': (instance) => instance.exchangeKeys({ receiveFirst: false }),
  sendPublicRSAKey: (instance) => instance.sendPublicRSAKey(),
  recvPublicRSAKey: (instance) => instance.recvPublicRSAKey(),
  sendAESKey: (instance) => instance.sendAESKey(),
  recvAESKey: (instance) => instance.recvAESKey(),
  recvRequest: (instance) => instance.recvRequest(),
  sendResponse: (instance) => instance.sendResponse(OK),
};

/** With the keys exchanged, so that nothing else is in the way. */
async function afterExchange(t: Parameters<typeof meetRaw>[0]) {
  const met = await meetRaw(t);
  const [session] = await Promise.all([exchangeKeys(met.channel, clientRsa), met.instance.exchangeKeys()]);
  return { ...met, session };
}

for (const [name, call] of Object.entries(METHODS)) {
  test(`${name} throws RuntimeError when the client is closed`, async (t) => {
    const { instance } = await afterExchange(t);
    instance.closeConnection();
    await assert.rejects(call(instance), { name: 'RuntimeError', code: 'Closed' });
  });

  test(`${name} throws RuntimeError when the client leaves`, async (t) => {
    const { instance, socket } = await afterExchange(t);
    const calling = assert.rejects(call(instance), { name: 'RuntimeError', code: 'Closed' });
    socket.destroy();
    await calling;
    assert.equal(instance.isClosed(), true);
  });
}

test('closeConnection throws RuntimeError when the client is closed already', async (t) => {
  const { instance } = await meetRaw(t);
  assert.equal(instance.isClosed(), false);
  assert.equal(instance.closeConnection(), undefined);
  assert.equal(instance.isClosed(), true);
  assert.throws(() => instance.closeConnection(), { name: 'RuntimeError', code: 'Closed' });
});

/** What a client answers in place of `1`. */
const ANSWERS = { Refused: '0', Unacknowledged: 'x' };

for (const [code, answer] of Object.entries(ANSWERS)) {
  const refusing: Record<string, { frames: number; call: (instance: ClientInstance) => Promise<unknown> }> = {
    'sendPublicRSAKey, the length': { frames: 0, call: (instance) => instance.sendPublicRSAKey() },
    'sendPublicRSAKey, the key': { frames: 1, call: (instance) => instance.sendPublicRSAKey() },
    sendResponse: { frames: 0, call: (instance) => instance.sendResponse(OK) },
    sendAESKey: { frames: 0, call: (instance) => instance.sendAESKey() },
  };
  for (const [name, { frames, call }] of Object.entries(refusing)) {
    test(`${name}: an answer of '${answer}' is a RuntimeError ${code}`, async (t) => {
      const { instance, channel } = await afterExchange(t);
      const calling = assert.rejects(call(instance), { name: 'RuntimeError', code });
      for (let frame = 0; frame < frames; frame += 1) channel.send('1');
      channel.send(answer);
      await calling;
    });
  }
}

const BAD_LENGTHS: Record<string, { header: string; code: string }> = {
  'no digits': { header: 'abcdefgh', code: 'BadHeader' },
  'a length of 0': { header: '0=======', code: 'BadHeader' },
  'a negative length': { header: '-800====', code: 'BadHeader' },
  'too much': { header: '9999999=', code: 'LengthTooLarge' },
};

for (const [what, { header, code }] of Object.entries(BAD_LENGTHS)) {
  test(`recvPublicRSAKey throws ValueError ${code} at ${what}, and refuses it`, async (t) => {
    const { instance, channel } = await meetRaw(t);
    channel.send(header);
    await assert.rejects(instance.recvPublicRSAKey(), { name: 'ValueError', code });
    assert.equal((await channel.read(1)).toString(), '0');
    assert.equal(instance.isClosed(), true);
  });
}

test('recvPublicRSAKey throws ValueError BadPublicKey at what is no key, and refuses it', async (t) => {
  const { instance, channel } = await meetRaw(t);
  channel.send(formatLength(3));
  const calling = assert.rejects(instance.recvPublicRSAKey(), { name: 'ValueError', code: 'BadPublicKey' });
  assert.equal((await channel.read(1)).toString(), '1');
  channel.send('key');
  await calling;
  assert.equal((await channel.read(1)).toString(), '0');
});

test('sendAESKey throws RuntimeError before the public key of the client is there', async (t) => {
  const { instance } = await meetRaw(t);
  await assert.rejects(instance.sendAESKey(), { name: 'RuntimeError', code: 'NotConnected' });
});

test('recvAESKey after sendAESKey throws ValueError at any other block, and refuses it', async (t) => {
  const { instance, channel } = await meetRaw(t);
  await Promise.all([sendPublicKey(channel, clientRsa), instance.recvPublicRSAKey()]);
  const sending = instance.sendAESKey();
  await channel.read(clientRsa.blockBytes);
  channel.send('1');
  await sending;
  channel.send(Buffer.alloc(512));
  await assert.rejects(instance.recvAESKey(), { name: 'ValueError', code: 'BadKeyBlock' });
  assert.equal((await channel.read(1)).toString(), '0');
});

test('recvRequest throws ValueError at an invalid length, and refuses it', async (t) => {
  const { instance, channel } = await afterExchange(t);
  channel.send('9999999=');
  await assert.rejects(instance.recvRequest(), { name: 'ValueError', code: 'LengthTooLarge' });
  assert.equal((await channel.read(1)).toString(), '0');
  assert.equal(instance.isClosed(), true);
});

test('recvRequest throws ValueError BadMessage at what it cannot read, without an answer', async (t) => {
  const { instance, channel, session } = await afterExchange(t);
  const other = { ...session, aes: AESWrapper.generate(randomBytes) };
  other.aes.iv = session.aes.iv;
  channel.send(formatLength(32));
  const calling = assert.rejects(instance.recvRequest(), { name: 'ValueError', code: 'BadMessage' });
  assert.equal((await channel.read(1)).toString(), '1');
  channel.send(Buffer.concat([other.aes.encrypt(Buffer.from('{}')), randomBytes(16)]));
  await calling;
});

test('recvRequest throws ValueError with what is wrong, by field, at a request that is none', async (t) => {
  const { instance, channel, session } = await afterExchange(t);
  ask(channel, session, { verb: 'stat', parameters: {} }).catch(() => undefined);
  await assert.rejects(instance.recvRequest(), {
    name: 'ValueError',
    code: 'MalformedRequest',
    errors: { verb: ['must be capital letters'] },
  });
  assert.equal(instance.isClosed(), false);
});

test('sendResponse throws ValueError at more than a message may hold, before anything is sent', async (t) => {
  const { instance, channel, session } = await afterExchange(t);
  const answered = ask(channel, session, REQUEST) as Promise<{ message: string }>;
  await instance.recvRequest();
  const data = { long: 'x'.repeat(1 << 20) };
  await assert.rejects(instance.sendResponse({ ...OK, data }), { name: 'ValueError', code: 'LengthTooLarge' });
  await instance.sendResponse(OK);
  assert.equal((await answered).message, 'OK');
});

test('sendResponse and recvRequest throw RuntimeError before the keys are exchanged', async (t) => {
  const { instance, channel } = await meetRaw(t, { exchangeKeys: false });
  await assert.rejects(instance.sendResponse(OK), { name: 'RuntimeError', code: 'NotConnected' });
  channel.send(formatLength(64));
  await assert.rejects(instance.recvRequest(), { name: 'RuntimeError', code: 'NotConnected' });
});
