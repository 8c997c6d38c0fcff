import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { AESWrapper } from '../../../src/wire/aes-wrapper.ts';
import { ByteChannel } from '../../../src/wire/byte-channel.ts';
import { generation3 } from '../../../src/wire/generation-3.ts';
import { formatLength } from '../../../src/wire/length-header.ts';
import { PeerPublicKey } from '../../../src/wire/peer-public-key.ts';
import { CutChannel, dialLoopback, exchangeKeys, runSession } from '../../support/raw-client.ts';
import { recordedSessions, wrapperOf } from '../../support/recorded-sessions.ts';
import { startTestServer } from '../../support/test-server.ts';

const { serverKey, clientKey } = recordedSessions(3);
const serverRsa = await wrapperOf(serverKey);
const clientRsa = await wrapperOf(clientKey);
const { signal } = new AbortController();
const STAT = { verb: 'STAT', parameters: {} };

function isStatistics(response: unknown): boolean {
  return JSON.stringify(response).startsWith('{"success":true,"message":"OK","data":{"version":"0.0.0-test","uptime":');
}

test('a session that arrives a byte at a time is served', async () => {
  await using server = await startTestServer({ rsaWrapper: serverRsa });
  const socket = await dialLoopback(server.getListenPort());
  const channel = new CutChannel(socket, (frame) => Array.from(frame, (byte) => Buffer.from([byte])));
  assert.ok(isStatistics(await runSession(channel, clientRsa, STAT)));
  channel.destroy();
});

test('a session whose frames arrive joined, acknowledgements ahead of what they acknowledge, is served', async () => {
  await using server = await startTestServer({ rsaWrapper: serverRsa });
  const channel = new ByteChannel(await dialLoopback(server.getListenPort()));
  const pem = Buffer.from(clientRsa.publicKeyPem);
  const proposed = AESWrapper.generate(randomBytes);
  const block = PeerPublicKey.fromPem(serverRsa.publicKeyPem).encrypt(Buffer.concat([proposed.key, proposed.iv]));
  await channel.write(Buffer.concat([formatLength(pem.length), pem, Buffer.from('11'), block]));
  assert.equal((await channel.read(2)).toString(), '11');
  assert.equal((await channel.read(8 + 800)).subarray(8).toString(), serverRsa.publicKeyPem);
  assert.equal((await channel.read(1)).toString(), '1');
  const secret = await clientRsa.decrypt(new Uint8Array(await channel.read(512)), signal);
  const aes = new AESWrapper(secret.subarray(0, 32), secret.subarray(32));

  const { body, nextIv } = generation3.sealBody(Buffer.from(JSON.stringify(STAT)), aes, randomBytes);
  const header = generation3.sealHeader(body.length, aes);
  await channel.write(Buffer.concat([Buffer.from('1'), header, body, Buffer.from('1')]));
  assert.equal((await channel.read(1)).toString(), '1');
  aes.iv = nextIv;
  const length = generation3.openHeader(await channel.read(16), aes);
  const { plaintext } = generation3.openBody(await channel.read(length), aes);
  assert.ok(isStatistics(JSON.parse(plaintext.toString())));
  channel.destroy();
});

test('the session key is always fresh: the key a client proposes is never used', async () => {
  await using server = await startTestServer({ rsaWrapper: serverRsa });
  const keys = new Set<string>();
  for (let turn = 0; turn < 3; turn += 1) {
    const channel = new ByteChannel(await dialLoopback(server.getListenPort()));
    const { aes } = await exchangeKeys(channel, clientRsa);
    keys.add(aes.key.toString('hex'));
    channel.destroy();
  }
  assert.equal(keys.size, 3);
});
