import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { connect, type TLSSocket } from 'node:tls';
import { readCertificate } from '../../../../src/server/tls/read-certificate.ts';
import { ByteChannel } from '../../../../src/wire/byte-channel.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { ask, dialLoopback, exchangeKeysSecond, runSession } from '../../../support/raw-client.ts';
import { RecordedLog } from '../../../support/recorded-log.ts';
import { recordedSessions, wrapperOf } from '../../../support/recorded-sessions.ts';
import { newAuthority } from '../../../support/test-certificates.ts';
import { startTestServer } from '../../../support/test-server.ts';

const { serverKey, clientKey } = recordedSessions(3);
const rsaWrapper = await wrapperOf(serverKey);
const clientRsa = await wrapperOf(clientKey);
const STAT = { verb: 'STAT', parameters: {} };
const authority = newAuthority('authority');
const { cert, key } = authority.issue('server');
const { context } = readCertificate({
  certificate: { file: 'tls.crt', pem: Buffer.from(cert) },
  key: { file: 'tls.key', pem: Buffer.from(key) },
});
const tls = { current: context };

async function dialTls(port: number): Promise<TLSSocket> {
  const socket = connect({ port, host: '127.0.0.1', ca: authority.cert, ALPNProtocols: ['anweddol/1'] });
  await once(socket, 'secureConnect');
  return socket;
}

for (const generation of [1, 2, 3] as const) {
  test(`one port serves generation ${generation} in plain and over TLS, at the same time`, async () => {
    await using server = await startTestServer({ rsaWrapper, tls });
    const port = server.getListenPort();
    const channels = [new ByteChannel(await dialLoopback(port)), new ByteChannel(await dialTls(port))];
    const answers = await Promise.all(channels.map((channel) => runSession(channel, clientRsa, STAT, generation)));
    for (const answer of answers) assert.match(JSON.stringify(answer), /"success":true/);
    for (const channel of channels) channel.destroy();
  });
}

test('a client over TLS that waits for the server is spoken to', async () => {
  const clock = new FakeClock();
  await using server = await startTestServer({ rsaWrapper, tls, clock });
  const channel = new ByteChannel(await dialTls(server.getListenPort()));
  await clock.untilPending(2);
  await clock.advance(1_500);
  const session = await exchangeKeysSecond(channel, clientRsa);
  assert.match(JSON.stringify(await ask(channel, session, STAT)), /"success":true/);
  channel.destroy();
});

const hellos: Record<string, number[]> = {
  'announces more than any has': [0x16, 3, 1, 0x40, 0, 1, 0xff, 0xff, 0xff],
  'is in a record too short for its own header': [0x16, 3, 1, 0, 3, 1, 0, 0, 0],
  'is noise': [0x16, 1, 2, 0x40, 4, 5, 0, 0, 8, 9, 10, 11],
};
for (const [what, bytes] of Object.entries(hellos)) {
  test(`a first message of TLS that ${what} ends the connection`, async () => {
    const log = new RecordedLog();
    await using server = await startTestServer({ rsaWrapper, tls, log });
    const socket = await dialLoopback(server.getListenPort());
    const closed = once(socket.resume(), 'close');
    socket.write(Buffer.from(bytes));
    await closed;
    assert.equal((await log.line('connection ended early')).fields.code, 'TlsFailed');
    assert.equal(server.getRuntimeStatistics()[1], 0);
  });
}

test('a first message of TLS that stops half-way is cut off in time', async () => {
  const clock = new FakeClock();
  const log = new RecordedLog();
  await using server = await startTestServer({ rsaWrapper, tls, clock, log });
  const socket = await dialLoopback(server.getListenPort());
  socket.write(Buffer.from([0x16, 3, 1, 0, 200]));
  await clock.untilPending(2);
  await clock.advance(5_000);
  assert.equal((await log.line('connection ended early')).fields.code, 'TimedOut');
  socket.destroy();
});

test('without a certificate the first byte of TLS is a wrong header like any other', async () => {
  await using server = await startTestServer({ rsaWrapper });
  const channel = new ByteChannel(await dialLoopback(server.getListenPort()));
  await channel.write(Buffer.from([0x16, 3, 1, 2, 0, 1, 0, 1]));
  assert.equal((await channel.read(1)).toString(), '0');
  channel.destroy();
});
