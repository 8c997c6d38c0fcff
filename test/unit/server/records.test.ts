import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ServerMetrics } from '../../../src/server/server-metrics.ts';
import { ByteChannel } from '../../../src/wire/byte-channel.ts';
import { MemoryContainerBackend } from '../../support/memory-container-backend.ts';
import { dialLoopback, runSession } from '../../support/raw-client.ts';
import { RecordedLog } from '../../support/recorded-log.ts';
import { recordedSessions, wrapperOf } from '../../support/recorded-sessions.ts';
import { startTestServer } from '../../support/test-server.ts';

const { serverKey, clientKey } = recordedSessions(3);
const rsaWrapper = await wrapperOf(serverKey);
const clientRsa = await wrapperOf(clientKey);

/** What the server told, as words; durations are left out. */
function told(): { words: string[]; metrics: ServerMetrics } {
  const words: string[] = [];
  const metrics: ServerMetrics = {
    connectionOpened: (transport) => void words.push(`opened ${transport}`),
    connectionClosed: (transport) => void words.push(`closed ${transport}`),
    handshakeEnded: (generation, outcome) => void words.push(`handshake ${generation} ${outcome}`),
    phaseTook: (phase, ms) => void words.push(`${phase} ${ms >= 0}`),
    refused: (reason) => void words.push(`refused ${reason}`),
    requestAnswered: (verb, answer) => void words.push(`${verb}: ${answer}`),
    createEnded: (outcome, start) => void words.push(`create ${outcome} ${start}`),
  };
  return { words, metrics };
}

for (const generation of [1, 2, 3] as const) {
  test(`a session of generation ${generation} is told to metrics step by step, and to the log in one line`, async () => {
    const { words, metrics } = told();
    const log = new RecordedLog();
    await using server = await startTestServer({ rsaWrapper, metrics, log });
    const channel = new ByteChannel(await dialLoopback(server.getListenPort()));
    await runSession(channel, clientRsa, { verb: 'STAT', parameters: {} }, generation);
    const { fields } = await log.line('request answered');
    assert.deepEqual(Object.keys(fields), ['client', 'verb', 'answer', 'generation', 'ms']);
    assert.deepEqual([fields.verb, fields.answer, fields.generation], ['STAT', 'OK', generation]);
    assert.doesNotMatch(JSON.stringify(log.entries), /127\.0\.0\.1/);
    assert.deepEqual(words.toSorted(), [
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
  const { words, metrics } = told();
  const log = new RecordedLog();
  await using server = await startTestServer({ rsaWrapper, metrics, log });
  for (const message of [{ verb: 'SECRETWORD', parameters: {} }, { verb: 7 }]) {
    const channel = new ByteChannel(await dialLoopback(server.getListenPort()));
    await runSession(channel, clientRsa, message);
    channel.destroy();
  }
  await log.line('request answered', 2);
  assert.deepEqual(
    words.filter((word) => word.includes(':')),
    ['other: Bad request', 'other: Bad request'],
  );
  assert.doesNotMatch(JSON.stringify(log.entries), /SECRETWORD/);
});

test('a CREATE is told once, with the answer that its handler sent', async () => {
  const { words, metrics } = told();
  const log = new RecordedLog();
  await using backend = new MemoryContainerBackend();
  await using server = await startTestServer({ backend, rsaWrapper, metrics, log });
  const channel = new ByteChannel(await dialLoopback(server.getListenPort()));
  await runSession(channel, clientRsa, { verb: 'CREATE', parameters: {} });
  channel.destroy();
  await log.line('request answered');
  assert.ok(words.includes('CREATE: OK'));
  assert.equal(words.filter((word) => word.startsWith('handshake')).length, 1);
});

test('a handshake that fails is told by how it failed', async () => {
  const { words, metrics } = told();
  const log = new RecordedLog();
  await using server = await startTestServer({ rsaWrapper, metrics, log });
  const socket = await dialLoopback(server.getListenPort());
  socket.end('GET / HT');
  await log.line('connection ended early');
  assert.deepEqual(
    words.filter((word) => word.startsWith('handshake')),
    ['handshake undefined failed'],
  );
  assert.equal(server.getRuntimeStatistics()[1], 0);
});
