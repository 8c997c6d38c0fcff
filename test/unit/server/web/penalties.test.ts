import assert from 'node:assert/strict';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { test } from 'node:test';
import { connect as connectTls } from 'node:tls';
import { dialLoopback } from '../../../support/raw-client.ts';
import { ELSEWHERE, isServed, type Served, startAccountableServer } from './accountable-server.ts';

const GET_STAT = 'GET /stat HTTP/1.1\r\nhost: x\r\n\r\n';
const HEAD_OF_9 = 'POST /stat HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n';

/** Somebody elsewhere is served from the beginning to the end: what has been sent before has been read then. */
async function letRead(web: Served): Promise<void> {
  assert.equal(await isServed(web, ELSEWHERE), true);
}

/** All connections so far are over, and accounted for. */
async function allOver({ metrics }: Served): Promise<void> {
  await metrics.told('closed http', metrics.beginning('opened http').length);
}

interface Deed {
  seconds: number;
  act: (socket: Socket, web: Served) => Promise<unknown> | unknown;
}

const timesOut = (bytes: string) => async (socket: Socket, web: Served) => {
  socket.write(bytes);
  await letRead(web);
  await web.clock.advance(10_000);
};
const writes = (bytes: string) => (socket: Socket) => void socket.write(bytes);

const deeds: Record<string, Deed> = {
  'sends what is no HTTP': { seconds: 5, act: writes('800=====\r\n\r\n') },
  'sends a request without a host': { seconds: 5, act: writes('GET /stat HTTP/1.1\r\n\r\n') },
  'sends too large a head': { seconds: 5, act: writes(`GET / HTTP/1.1\r\na: ${'x'.repeat(9_000)}\r\n\r\n`) },
  'sends too large a body': { seconds: 5, act: writes(`${HEAD_OF_9.replace('9', '99999')}${'x'.repeat(99_999)}`) },
  'sends garbage behind a request': { seconds: 5, act: writes(`${GET_STAT}garbage\r\n\r\n`) },
  'piles up requests': { seconds: 5, act: writes(`POST /hold HTTP/1.1\r\nhost: x\r\n\r\n${GET_STAT.repeat(4)}`) },
  'has its time run out in a head': { seconds: 10, act: timesOut('GET /st') },
  'has its time run out in a body': { seconds: 10, act: timesOut(HEAD_OF_9) },
  'has its time run out in its second head': {
    seconds: 10,
    async act(socket, web) {
      socket.write(GET_STAT);
      await web.metrics.told('STAT: OK');
      await web.clock.untilPending(1);
      await timesOut('GET /st')(socket, web);
    },
  },
  'has its time run out in a body that came with its first request': {
    seconds: 10,
    async act(socket, { metrics, clock }) {
      socket.write(GET_STAT + HEAD_OF_9);
      await metrics.told('STAT: OK');
      await clock.untilPending(1);
      await clock.advance(10_000);
    },
  },
  'does not read its answer in time': {
    seconds: 10,
    async act(socket, { singing, clock }) {
      socket.pause().write('POST /sing HTTP/1.1\r\nhost: x\r\n\r\n');
      await singing;
      await clock.untilPending(1);
      await clock.advance(10_000);
    },
  },
  'closes without a request': { seconds: 1, act: (socket) => socket.end() },
  'resets without a request': { seconds: 1, act: (socket) => socket.resetAndDestroy() },
  'closes in the midst of its first head': { seconds: 1, act: (socket) => socket.end('GET /st') },
  'closes in the midst of its first body': { seconds: 1, act: (socket) => socket.end(`${HEAD_OF_9}{`) },
  'says nothing until its time is up': { seconds: 1, act: timesOut('') },
  'asks what is not served': { seconds: 0, act: writes('DELETE /stat HTTP/1.1\r\nhost: x\r\n\r\n') },
  'sends parameters that are none': {
    seconds: 0,
    async act(socket) {
      socket.write(`${HEAD_OF_9}{"a":1,,}`);
      await once(socket, 'data');
      socket.end();
    },
  },
  'says nothing after its request': {
    seconds: 0,
    async act(socket, { metrics, clock }) {
      socket.write(GET_STAT);
      await metrics.told('STAT: OK');
      await clock.untilPending(1);
      await clock.advance(10_000);
    },
  },
  'closes after its request': {
    seconds: 0,
    async act(socket, { metrics }) {
      socket.write(GET_STAT);
      await metrics.told('STAT: OK');
      socket.end();
    },
  },
};

const secureDeeds: Record<string, Deed> = {
  'sends what is no TLS': { seconds: 5, act: writes(GET_STAT) },
  'announces too large a first message of TLS': {
    seconds: 5,
    act: (socket) => void socket.write(Buffer.from([0x16, 3, 1, 0x40, 0, 1, 0xff, 0xff, 0xff])),
  },
  'has its time run out before TLS': { seconds: 10, act: timesOut('') },
  'closes before TLS': { seconds: 1, act: (socket) => socket.end() },
  'has its time run out in a head over TLS': {
    seconds: 10,
    async act(raw, web) {
      const socket = connectTls({ socket: raw, rejectUnauthorized: false });
      await once(socket, 'secureConnect');
      await timesOut('GET /st')(socket.resume(), web);
      await once(socket, 'close');
    },
  },
};

for (const [what, { seconds, act }, isSecure] of [
  ...Object.entries(deeds).map(([what, deed]) => [what, deed, false] as const),
  ...Object.entries(secureDeeds).map(([what, deed]) => [what, deed, true] as const),
]) {
  test(`a source that ${what} pays ${seconds} s for it`, async () => {
    // One offence is enough.
    await using web = await startAccountableServer({ isSecure, penalties: { thresholdSeconds: 0.5 } });
    const socket = await dialLoopback(web.port);
    await web.metrics.told('opened http');
    await act(socket.resume(), web);
    await allOver(web);
    socket.destroy();
    assert.equal(await isServed(web), seconds === 0);
    if (seconds === 0) return;
    await web.clock.advance(seconds * 1000 - 1);
    assert.equal(await isServed(web), false);
    await web.clock.advance(1);
    assert.equal(await isServed(web), true);
  });
}
