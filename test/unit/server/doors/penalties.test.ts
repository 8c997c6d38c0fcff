import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { ByteChannel } from '../../../../src/wire/byte-channel.ts';
import { FakeClock } from '../../../support/fake-clock.ts';
import { dialLoopback, runSession } from '../../../support/raw-client.ts';
import { RecordedLog } from '../../../support/recorded-log.ts';
import { recordedSessions, wrapperOf } from '../../../support/recorded-sessions.ts';
import { startTestServer } from '../../../support/test-server.ts';

const { serverKey, clientKey } = recordedSessions(3);
const rsaWrapper = await wrapperOf(serverKey);
const clientRsa = await wrapperOf(clientKey);

interface Deed {
  seconds: number;
  act: (socket: Socket, clock: FakeClock) => unknown;
}

const deeds: Record<string, Deed> = {
  'sends what is no frame': { seconds: 5, act: (socket) => socket.write('GET / HTTP/1.1\r\n\r\n') },
  'says nothing until its time is up': { seconds: 10, act: (_socket, clock) => clock.advance(5_000) },
  'has its time run out after its first frame': {
    seconds: 10,
    async act(socket, clock) {
      socket.write('800=====');
      await once(socket, 'data');
      await clock.advance(5_000);
    },
  },
  'closes without a word': { seconds: 1, act: (socket) => socket.end() },
  'resets without a word': { seconds: 1, act: (socket) => socket.resetAndDestroy() },
  'closes in the midst of a frame': { seconds: 1, act: (socket) => socket.end('800=') },
};

for (const [what, { seconds, act }] of Object.entries(deeds)) {
  test(`a source that ${what} pays ${seconds} s for it`, async () => {
    const clock = new FakeClock();
    const log = new RecordedLog();
    // One offence is enough.
    const accountable = { clientAddresses: 'known', penalties: { thresholdSeconds: 0.5 } } as const;
    await using server = await startTestServer({ rsaWrapper, clock, log, speakFirstAfter: 0, ...accountable });
    const isServed = async () => {
      const channel = new ByteChannel(await dialLoopback(server.getListenPort()));
      const answer = await runSession(channel, clientRsa, { verb: 'STAT', parameters: {} }).catch(String);
      channel.destroy();
      return JSON.stringify(answer).includes('"success":true');
    };
    const socket = await dialLoopback(server.getListenPort());
    await clock.untilPending(1);
    await act(socket.resume(), clock);
    await log.line('connection ended early');
    socket.destroy();
    assert.equal(await isServed(), false);
    await clock.advance(seconds * 1000 - 1);
    assert.equal(await isServed(), false);
    await clock.advance(1);
    assert.equal(await isServed(), true);
  });
}
