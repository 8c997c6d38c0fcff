import assert from 'node:assert/strict';
import { createPublicKey, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import type { AESWrapper } from '../../../src/wire/aes-wrapper.ts';
import type { ByteChannel } from '../../../src/wire/byte-channel.ts';
import { RuntimeError, ValueError } from '../../../src/wire/errors.ts';
import { GENERATIONS } from '../../../src/wire/generations.ts';
import { receivePublicKey } from '../../../src/wire/key-exchange.ts';
import { formatLength } from '../../../src/wire/length-header.ts';
import { receiveBody, receiveLength } from '../../../src/wire/message-exchange.ts';
import { exchangedWithServer, exchangeKeys, meetServer, serverRsa } from './client-interface-meeting.ts';

/** All that the client still sends, up to the end that it makes. */
async function restOf(channel: ByteChannel): Promise<string> {
  let said = '';
  try {
    while (true) said += (await channel.read(1)).toString('latin1');
  } catch (error) {
    assert.ok(error instanceof RuntimeError && error.message === 'the peer closed the connection');
    return said;
  }
}

/** Whether this is `RuntimeError` of the one code, caused by `ValueError` of the other. */
const causedBy = (code: string, cause: string) => (error: unknown) => {
  assert.ok(error instanceof RuntimeError && error.cause instanceof ValueError);
  assert.deepEqual([error.code, error.cause.code], [code, cause]);
  return true;
};

const STEPS = [
  ['sendPublicRSAKey', '0', 'RuntimeError', 'Refused'],
  ['recvPublicRSAKey', 'garbage!', 'ValueError', 'BadHeader'],
  ['recvPublicRSAKey', '99999===', 'ValueError', 'LengthTooLarge'],
  ['recvPublicRSAKey', '3=======key', 'ValueError', 'BadPublicKey'],
  ['recvPublicRSAKey', '', 'RuntimeError', 'Closed'],
  ['sendAESKey', '0', 'RuntimeError', 'Refused'],
  ['recvAESKey', 'x'.repeat(512), 'ValueError', 'BadKeyBlock'],
  ['recvAESKey', 'x', 'RuntimeError', 'Closed'],
] as const;

for (const [step, said, name, code] of STEPS) {
  test(`${step} throws ${name} ${code} at "${said.slice(0, 11)}", and the connection is closed`, async (t) => {
    const { client, channel } = await exchangedWithServer(t);
    channel.end(said);
    await assert.rejects(client[step](), { name, code });
    assert.equal(client.isClosed(), true);
  });
}

/** What is refused, and all that the client answers. */
const REFUSED = [
  ['recvPublicRSAKey', 'garbage!', '0'],
  ['recvPublicRSAKey', '99999===', '0'],
  ['recvPublicRSAKey', '3=======key', '10'],
  ['recvAESKey', 'x'.repeat(512), '0'],
] as const;

for (const [step, said, answer] of REFUSED) {
  test(`${step} answers "${said.slice(0, 11)}" with "${answer}" and the end of the connection`, async (t) => {
    const { client, channel } = await exchangedWithServer(t);
    channel.send(said);
    await assert.rejects(client[step](), { name: 'ValueError' });
    assert.equal(await restOf(channel), answer);
  });
}

/** Passes for a key until something is to be encrypted to it: its modulus is even. */
function uselessKey(): string {
  const modulus = Buffer.alloc(256, 0xfe);
  const key = createPublicKey({ key: { kty: 'RSA', n: modulus.toString('base64url'), e: 'AQAB' }, format: 'jwk' });
  return key.export({ type: 'spki', format: 'pem' }).toString();
}

test('sendAESKey throws ValueError BadPublicKey where nothing can be encrypted to the key of the server', async (t) => {
  const { client, channel } = await exchangedWithServer(t);
  const pem = uselessKey();
  channel.send(formatLength(pem.length));
  channel.send(pem);
  await client.recvPublicRSAKey();
  await assert.rejects(client.sendAESKey(), { name: 'ValueError', code: 'BadPublicKey' });
  assert.equal(client.isClosed(), true);
  assert.equal(await restOf(channel), '11');
});

test('connectServer throws RuntimeError BadHandshake, with the cause, where nothing can be encrypted to that key', async (t) => {
  const { client, accepted } = await meetServer(t);
  const failed = assert.rejects(client.connectServer(), causedBy('BadHandshake', 'BadPublicKey'));
  const channel = await accepted;
  await receivePublicKey(channel);
  const pem = uselessKey();
  channel.send(formatLength(pem.length));
  channel.send(pem);
  await failed;
  assert.equal(client.isClosed(), true);
  assert.equal(await restOf(channel), '11');
});

test('sendAESKey throws RuntimeError NotConnected after a recvPublicRSAKey that failed', async (t) => {
  const { client, channel } = await exchangedWithServer(t);
  channel.send(formatLength(serverRsa.publicKeyPem.length));
  channel.send(serverRsa.publicKeyPem.replace('A', '!'));
  await assert.rejects(client.recvPublicRSAKey(), { code: 'BadPublicKey' });
  await assert.rejects(client.sendAESKey(), { name: 'RuntimeError', code: 'NotConnected' });
});

test('sendRequest connects before it throws ValueError LengthTooLarge, sends nothing of the request, and closes', async (t) => {
  const { client, accepted } = await meetServer(t);
  const sending = client.sendRequest('STAT', { long: 'x'.repeat(16 * 1024) });
  const failed = assert.rejects(sending, { name: 'ValueError', code: 'LengthTooLarge' });
  const channel = await accepted;
  await exchangeKeys(channel);
  await failed;
  assert.equal(client.isClosed(), true);
  assert.equal(await restOf(channel), '');
});

const { sealHeader, sealBody } = GENERATIONS[3];
const sealed = (text: string, aes: AESWrapper) => sealBody(Buffer.from(text), aes, randomBytes).body;

/** Headers and bodies of responses, and all that the client answers. */
const BAD_RESPONSES: Record<string, { said: (aes: AESWrapper) => Buffer[]; code: string; answer: string }> = {
  'a length that cannot be decrypted': { said: () => [Buffer.alloc(16)], code: 'BadHeader', answer: '0' },
  'a length that is no number': {
    said: (aes) => [aes.encrypt(Buffer.from('-32'))],
    code: 'BadHeader',
    answer: '0',
  },
  'a length that no message has': { said: (aes) => [sealHeader(33, aes)], code: 'BadLength', answer: '0' },
  'too great a length': { said: (aes) => [sealHeader(16 * 1024 + 16, aes)], code: 'LengthTooLarge', answer: '0' },
  'a body that cannot be decrypted': {
    said: (aes) => [sealHeader(48, aes), Buffer.alloc(48)],
    code: 'BadMessage',
    answer: '1',
  },
  'a body that is no JSON': {
    said: (aes) => [sealHeader(sealed('no JSON', aes).length, aes), sealed('no JSON', aes)],
    code: 'BadMessage',
    answer: '1',
  },
};

for (const [what, { said, code, answer }] of Object.entries(BAD_RESPONSES)) {
  test(`recvResponse throws RuntimeError BadResponse at ${what}, and answers "${answer}" and the end`, async (t) => {
    const { client, channel, given } = await exchangedWithServer(t);
    const session = { aes: given, generation: GENERATIONS[3] };
    const asked = receiveLength(channel, session).then((announced) => receiveBody(channel, given, announced));
    await client.sendRequest('STAT');
    await asked;
    for (const frame of said(given)) channel.send(frame);
    await assert.rejects(client.recvResponse(), causedBy('BadResponse', code));
    assert.equal(client.isClosed(), true);
    assert.equal(await restOf(channel), answer);
  });
}
