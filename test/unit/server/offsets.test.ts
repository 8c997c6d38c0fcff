import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { test } from 'node:test';
import type { ServerInterface } from '../../../src/server/server-interface.ts';
import type { Generation } from '../../../src/wire/generation.ts';
import { GENERATIONS } from '../../../src/wire/generations.ts';
import { RSAWrapper } from '../../../src/wire/rsa-wrapper.ts';
import {
  type ClientFrame,
  fixedKey,
  fixedRandom,
  keyFrames,
  ORDERS,
  type Order,
  requestFrames,
} from '../../support/client-frames.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import {
  GREETING_BYTES,
  LEAVING,
  type Leaver,
  leavers,
  leaveTogether,
  replyBytesAt,
  SPEAK_FIRST_AFTER_MS,
  until,
  WAYS,
  type Way,
} from '../../support/leaving-clients.ts';
import { MemoryContainerBackend } from '../../support/memory-container-backend.ts';
import { dialLoopback } from '../../support/raw-client.ts';
import { framedKeys } from '../../support/scripted-client.ts';
import { startTestServer } from '../../support/test-server.ts';

const [serverRsa, clientRsa] = await Promise.all([
  RSAWrapper.generate({ bits: 2048 }),
  RSAWrapper.generate({ bits: 2048 }),
]);
const keys = framedKeys(clientRsa, serverRsa);
const STAT = { verb: 'STAT', parameters: {} };
const CREATE = { verb: 'CREATE', parameters: {} };
/** Connections at once. */
const BATCH = 64;

function openFiles(): number {
  return readdirSync('/proc/self/fd').length;
}

function activeSockets(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length;
}

interface Stage {
  server: ServerInterface;
  backend: MemoryContainerBackend;
  clock: FakeClock;
  order: Order;
}

/** Nothing may be left when all have gone: no connection, timer, container, descriptor or error. */
async function assertNothingLeft(
  { server, backend, clock }: Stage,
  before: { files: number; sockets: number },
): Promise<void> {
  await until(() => server.getGauges().openConnections() === 0 && clock.pending === 0);
  await until(() => openFiles() <= before.files && activeSockets() <= before.sockets && backend.containers.size === 0);
  assert.equal(server.getGauges().waitingConnections(), 0);
  assert.equal(server.getGauges().keyQueueLength(), 0);
  assert.equal(server.getRuntimeStatistics()[1], 0);
}

async function run(order: Order, all: readonly Leaver[]): Promise<void> {
  const clock = new FakeClock();
  await using backend = new MemoryContainerBackend();
  await using server = await startTestServer({
    backend,
    rsaWrapper: serverRsa,
    clock,
    randomBytes: fixedRandom,
    speakFirstAfter: order === 'server' ? SPEAK_FIRST_AFTER_MS / 1000 : 0,
  });
  const stage = { server, backend, clock, order };
  const before = { files: openFiles(), sockets: activeSockets() };
  for (let at = 0; at < all.length; at += BATCH) await leaveTogether(stage, all.slice(at, at + BATCH));
  await assertNothingLeft(stage, before);
}

function framesOf(order: Order, generation: Generation, message: object): ClientFrame[] {
  return [...keyFrames({ ...keys, order }), ...requestFrames(message, generation)];
}

function lengthOf(frames: readonly ClientFrame[]): number {
  return frames.reduce((sum, { bytes }) => sum + bytes.length, 0);
}

for (const order of ORDERS) {
  test(`a client that leaves at any byte of a STAT of generation 3 leaves nothing; the ${order} speaks first`, async () => {
    const frames = framesOf(order, GENERATIONS[3], STAT);
    const all = leavers(frames, order);
    assert.equal(all.length, WAYS.length * lengthOf(frames));
    await run(order, all);
  });

  // Up to the request the bytes are those of above, whatever the generation and the verb.
  for (const generation of [GENERATIONS[1], GENERATIONS[2]]) {
    test(`nor does one at any byte of a request of generation ${generation.number}; the ${order} speaks first`, async () => {
      const start = lengthOf(keyFrames({ ...keys, order }));
      await run(order, leavers(framesOf(order, generation, STAT), order, start));
    });
  }

  for (const generation of Object.values(GENERATIONS)) {
    test(`nor any container, at any byte of a CREATE of generation ${generation.number}; the ${order} speaks first`, async () => {
      const frames = framesOf(order, generation, CREATE);
      const start = lengthOf(keyFrames({ ...keys, order }));
      // The last prefix is answered with a container, of which there are not many at once.
      const all = leavers(frames, order, start);
      const [early, late] = [all.slice(0, -WAYS.length), all.slice(-WAYS.length)];
      await run(order, early);
      for (const leaver of late) await run(order, [leaver]);
    });
  }
}

/** A client that has acknowledged the response, and leaves in this way once it has read it. */
async function takeAndLeave(order: Order, generation: Generation, way: Way): Promise<number> {
  const clock = new FakeClock();
  await using backend = new MemoryContainerBackend();
  await using server = await startTestServer({
    backend,
    rsaWrapper: serverRsa,
    clock,
    randomBytes: fixedRandom,
    speakFirstAfter: order === 'server' ? SPEAK_FIRST_AFTER_MS / 1000 : 0,
  });
  const socket = await dialLoopback(server.getListenPort());
  const frames = framesOf(order, generation, CREATE);
  const before = replyBytesAt(frames, lengthOf(frames), order);
  const chunks: Buffer[] = [];
  const got = () => Buffer.concat(chunks);
  const ended = new Promise<void>((resolve) => socket.on('end', resolve));
  socket.allowHalfOpen = true;
  socket.on('data', (chunk: Buffer) => chunks.push(chunk));
  if (order === 'server') {
    await until(() => server.getGauges().waitingConnections() === 1);
    await clock.advance(SPEAK_FIRST_AFTER_MS);
    await until(() => got().length === GREETING_BYTES);
  }
  socket.write(Buffer.concat(frames.map(({ bytes }) => bytes)));
  await until(() => got().length >= before);
  const header = got().subarray(before - generation.headerBytes, before);
  const aes = fixedKey();
  // The request has moved the IV on, to what is the same here.
  const length = generation.openHeader(header, aes);
  await until(() => got().length === before + length);
  // The server has ended its side, and waits for this one's end.
  await ended;
  LEAVING[way](socket);
  await until(() => server.getGauges().openConnections() === 0 && clock.pending === 0);
  socket.destroy();
  assert.equal(server.getRuntimeStatistics()[1], 0);
  return backend.containers.size;
}

for (const order of ORDERS) {
  for (const generation of Object.values(GENERATIONS)) {
    test(`a container is kept by whoever has read the response and ends, not by whoever breaks off: generation ${generation.number}, the ${order} speaks first`, async () => {
      assert.equal(await takeAndLeave(order, generation, 'closes'), 1);
      assert.equal(await takeAndLeave(order, generation, 'half-closes'), 1);
      assert.equal(await takeAndLeave(order, generation, 'resets'), 0);
    });
  }
}
