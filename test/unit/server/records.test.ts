import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { connect } from 'node:tls';
import { readCertificate } from '../../../src/server/tls/read-certificate.ts';
import { ByteChannel } from '../../../src/wire/byte-channel.ts';
import { formatLength } from '../../../src/wire/length-header.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { MemoryContainerBackend } from '../../support/memory-container-backend.ts';
import { dialLoopback, runSession } from '../../support/raw-client.ts';
import { RecordedLog } from '../../support/recorded-log.ts';
import { recordedSessions, wrapperOf } from '../../support/recorded-sessions.ts';
import { newAuthority } from '../../support/test-certificates.ts';
import { startTestServer } from '../../support/test-server.ts';
import { ToldMetrics } from './told-metrics.ts';

const { serverKey, clientKey } = recordedSessions(3);
const rsaWrapper = await wrapperOf(serverKey);
const clientRsa = await wrapperOf(clientKey);

for (const generation of [1, 2, 3] as const) {
  test(`a session of generation ${generation} is told to metrics step by step, and to the log in one line`, async () => {
    const metrics = new ToldMetrics();
    const log = new RecordedLog();
    await using server = await startTestServer({ rsaWrapper, metrics, log });
    const channel = new ByteChannel(await dialLoopback(server.getListenPort()));
    await runSession(channel, clientRsa, { verb: 'STAT', parameters: {} }, generation);
    const { fields } = await log.line('request answered');
    assert.deepEqual(Object.keys(fields), ['client', 'verb', 'answer', 'generation', 'ms']);
    assert.deepEqual([fields.verb, fields.answer, fields.generation], ['STAT', 'OK', generation]);
    assert.doesNotMatch(JSON.stringify(log.entries), /127\.0\.0\.1/);
    assert.deepEqual(metrics.words.toSorted(), [
      'STAT: OK',
      'closed plain',
      `handshake ${generation} completed`,
      'opened plain',
      'prologue true',
      'publicKeys true',
      'request true',
      'response true',
      'sessionKeys true',
    ]);
    channel.destroy();
  });
}

test('verbs that nobody serves, and requests that are none, are told as other', async () => {
  const metrics = new ToldMetrics();
  const log = new RecordedLog();
  await using server = await startTestServer({ rsaWrapper, metrics, log });
  for (const message of [{ verb: 'SECRETWORD', parameters: {} }, { verb: 7 }]) {
    const channel = new ByteChannel(await dialLoopback(server.getListenPort()));
    await runSession(channel, clientRsa, message);
    channel.destroy();
  }
  await log.line('request answered', 2);
  assert.deepEqual(
    metrics.words.filter((word) => word.includes(':')),
    ['other: Bad request', 'other: Bad request'],
  );
  assert.doesNotMatch(JSON.stringify(log.entries), /SECRETWORD/);
});

test('a CREATE is told once, with the answer that its handler sent', async () => {
  const metrics = new ToldMetrics();
  const log = new RecordedLog();
  await using backend = new MemoryContainerBackend();
  await using server = await startTestServer({ backend, rsaWrapper, metrics, log });
  const channel = new ByteChannel(await dialLoopback(server.getListenPort()));
  await runSession(channel, clientRsa, { verb: 'CREATE', parameters: {} });
  channel.destroy();
  await log.line('request answered');
  assert.ok(metrics.words.includes('CREATE: OK'));
  assert.equal(metrics.beginning('handshake').length, 1);
});

test('a handshake that fails is told by how it failed', async () => {
  const metrics = new ToldMetrics();
  const log = new RecordedLog();
  await using server = await startTestServer({ rsaWrapper, metrics, log });
  const socket = await dialLoopback(server.getListenPort());
  socket.end('GET / HT');
  await log.line('connection ended early');
  assert.deepEqual(metrics.beginning('handshake'), ['handshake undefined failed']);
  assert.equal(server.getRuntimeStatistics()[1], 0);
});

test('a session over TLS, and requests over HTTP, are told by the way they came', async () => {
  const { cert, key } = newAuthority('authority').issue('server');
  const certificate = { file: 'tls.crt', pem: Buffer.from(cert) };
  const tls = { current: readCertificate({ certificate, key: { file: 'tls.key', pem: Buffer.from(key) } }).context };
  const metrics = new ToldMetrics();
  await using server = await startTestServer({ rsaWrapper, metrics, tls, web: { listenPort: 0 } });
  const socket = connect({ port: server.getListenPort(), host: '127.0.0.1', rejectUnauthorized: false });
  await once(socket, 'secureConnect');
  const channel = new ByteChannel(socket);
  await runSession(channel, clientRsa, { verb: 'STAT', parameters: {} });
  await metrics.told('closed tls');
  channel.destroy();
  const port = server.getWebListenPort();
  assert.equal((await fetch(`http://127.0.0.1:${port}/stat`, { headers: { connection: 'close' } })).status, 200);
  await metrics.told('closed http');
  assert.deepEqual(metrics.beginning('opened', 'closed', 'handshake', 'STAT'), [
    'opened tls',
    'closed tls',
    'handshake 3 completed',
    'STAT: OK',
    'opened http',
    'STAT: OK',
    'closed http',
  ]);
});

test('a handshake whose time runs out, and one that the client refuses, are told so', async () => {
  const metrics = new ToldMetrics();
  const clock = new FakeClock();
  await using server = await startTestServer({ rsaWrapper, metrics, clock, speakFirstAfter: 0 });
  const silent = await dialLoopback(server.getListenPort());
  await clock.untilPending(1);
  await clock.advance(5_000);
  await metrics.told('handshake undefined timedOut');
  silent.destroy();
  const channel = new ByteChannel(await dialLoopback(server.getListenPort()));
  await channel.write(Buffer.concat([formatLength(800), Buffer.from(clientRsa.publicKeyPem), Buffer.from('0')]));
  await metrics.told('handshake undefined refused');
  channel.destroy();
  assert.equal(metrics.beginning('handshake').length, 2);
});
