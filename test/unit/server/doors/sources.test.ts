import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import type { ServerInterface } from '../../../../src/server/server-interface.ts';
import { noServerMetrics, type RefusalReason } from '../../../../src/server/server-metrics.ts';
import { ByteChannel } from '../../../../src/wire/byte-channel.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { MemoryContainerBackend } from '../../../support/memory-container-backend.ts';
import { dialLoopback, runSession } from '../../../support/raw-client.ts';
import { RecordedLog } from '../../../support/recorded-log.ts';
import { recordedSessions, wrapperOf } from '../../../support/recorded-sessions.ts';
import { startTestServer } from '../../../support/test-server.ts';

const { serverKey, clientKey } = recordedSessions(3);
const rsaWrapper = await wrapperOf(serverKey);
const clientRsa = await wrapperOf(clientKey);
const STAT = { verb: 'STAT', parameters: {} };
const HERE = '127.0.0.1';
const ELSEWHERE = '127.0.7.7';

async function channelFrom(server: ServerInterface, address: string): Promise<ByteChannel> {
  return new ByteChannel(await dialLoopback(server.getListenPort(), address));
}

async function assertServed(server: ServerInterface, address: string): Promise<void> {
  const channel = await channelFrom(server, address);
  assert.match(JSON.stringify(await runSession(channel, clientRsa, STAT)), /"success":true/);
  channel.destroy();
}

async function assertTurnedAway(server: ServerInterface, address: string): Promise<void> {
  const channel = await channelFrom(server, address);
  await assert.rejects(channel.read(1), { code: 'Closed' });
}

/** What was refused so far, by reason. */
function countedRefusals() {
  const reasons: RefusalReason[] = [];
  return { reasons, metrics: { ...noServerMetrics, refused: (reason: RefusalReason) => void reasons.push(reason) } };
}

test('one source has only so many connections at once, and another one is served beside it', async () => {
  const { metrics, reasons } = countedRefusals();
  const limits = { clientAddresses: 'known', sourceLimits: { perAddress: 2 } } as const;
  await using server = await startTestServer({ rsaWrapper, metrics, ...limits });
  const sockets = [await dialLoopback(server.getListenPort()), await dialLoopback(server.getListenPort())];
  await assertTurnedAway(server, HERE);
  await assertServed(server, ELSEWHERE);
  const closed = once(sockets[0]?.destroy() ?? assert.fail(), 'close');
  await closed;
  assert.deepEqual(reasons, ['sourceCapacity']);
  sockets[1]?.destroy();
});

test('a source that sends what is no frame is turned away after a few times, and another one is served', async () => {
  const { metrics, reasons } = countedRefusals();
  const log = new RecordedLog();
  await using server = await startTestServer({
    rsaWrapper,
    log,
    metrics,
    clock: new FakeClock(),
    clientAddresses: 'known',
  });
  for (let time = 1; time <= 3; time += 1) {
    const socket = await dialLoopback(server.getListenPort());
    socket.write('GET / HTTP/1.1\r\n\r\n');
    await log.line('connection ended early', time);
    socket.destroy();
  }
  await assertTurnedAway(server, HERE);
  await assertServed(server, ELSEWHERE);
  assert.deepEqual(reasons, ['penalty']);
});

test('a source that tries client tokens is turned away after a few times', async () => {
  await using backend = new MemoryContainerBackend();
  await using server = await startTestServer({ backend, rsaWrapper, clock: new FakeClock(), clientAddresses: 'known' });
  const parameters = { container_uuid: '123e4567-e89b-42d3-a456-426614174000', client_token: 'x'.repeat(255) };
  for (let time = 1; time <= 3; time += 1) {
    const channel = await channelFrom(server, HERE);
    const answer = await runSession(channel, clientRsa, { verb: 'DESTROY', parameters });
    assert.match(JSON.stringify(answer), /"Bad authentication"/);
    channel.destroy();
  }
  await assertTurnedAway(server, HERE);
});

test('where addresses are unknown nobody is turned away for what others at the same address did', async () => {
  const log = new RecordedLog();
  await using server = await startTestServer({ rsaWrapper, log, sourceLimits: { perAddress: 1 } });
  for (let time = 1; time <= 5; time += 1) {
    const socket = await dialLoopback(server.getListenPort());
    socket.write('GET / HTTP/1.1\r\n\r\n');
    await log.line('connection ended early', time);
    socket.destroy();
  }
  const idle = await dialLoopback(server.getListenPort());
  await assertServed(server, HERE);
  idle.destroy();
});

test('a filter refuses by the answer of the protocol, whatever is asked', async () => {
  const ipFilter = { allow: ['127.0.0.0/24'], deny: ['127.0.0.66'] };
  await using server = await startTestServer({ rsaWrapper, clientAddresses: 'known', ipFilter });
  await assertServed(server, HERE);
  for (const address of [ELSEWHERE, '127.0.0.66']) {
    const channel = await channelFrom(server, address);
    assert.deepEqual(await runSession(channel, clientRsa, STAT), {
      success: false,
      message: 'Refused request (reason : Address not allowed)',
      data: {},
    });
    channel.destroy();
  }
});

test('a filter where addresses are not known, and an entry that is none, are errors of the constructor', async () => {
  const ipFilter = { allow: [], deny: ['10.0.0.0/8'] };
  await assert.rejects(startTestServer({ rsaWrapper, ipFilter }), { name: 'ValueError', code: 'BadOption' });
  const wrong = { allow: ['10.0.0.0/33'], deny: [] };
  await assert.rejects(startTestServer({ rsaWrapper, clientAddresses: 'known', ipFilter: wrong }), {
    code: 'BadCidr',
    message: /^allow\[0\]: "10\.0\.0\.0\/33" is not/,
  });
  await assert.rejects(startTestServer({ rsaWrapper, trustedProxies: ['proxy'] }), { code: 'BadCidr' });
});
