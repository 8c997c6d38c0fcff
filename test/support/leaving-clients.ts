import assert from 'node:assert/strict';
import type { Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import type { ServerInterface } from '../../src/server/server-interface.ts';
import type { ClientFrame, Order } from './client-frames.ts';
import type { FakeClock } from './fake-clock.ts';
import { dialLoopback } from './raw-client.ts';

export const SPEAK_FIRST_AFTER_MS = 1_500;
export const GREETING_BYTES = 8;

export type Way = 'closes' | 'resets' | 'half-closes';
export const LEAVING: Record<Way, (socket: Socket) => void> = {
  closes: (socket) => socket.destroy(),
  resets: (socket) => socket.resetAndDestroy(),
  'half-closes': (socket) => socket.end(),
};
export const WAYS = Object.keys(LEAVING) as Way[];

/** A client that sends the first bytes of a session, and leaves. */
export interface Leaver {
  /** What it sends. */
  prefix: Buffer;
  /** What a server that has taken the prefix has answered, in bytes. */
  replyBytes: number;
  way: Way;
}

/** All prefixes of a session from `start` on, but not the whole of it, each left in every way. */
export function leavers(frames: readonly ClientFrame[], order: Order, start = 0): Leaver[] {
  const all = Buffer.concat(frames.map(({ bytes }) => bytes));
  return Array.from({ length: all.length - start }, (_, index) => start + index).flatMap((offset) =>
    WAYS.map((way) => ({ prefix: all.subarray(0, offset), replyBytes: replyBytesAt(frames, offset, order), way })),
  );
}

/** What the server has said when it has taken so many bytes of these frames, in bytes. */
export function replyBytesAt(frames: readonly ClientFrame[], offset: number, order: Order): number {
  let sent = 0;
  let replied = order === 'server' ? GREETING_BYTES : 0;
  for (const { bytes, replyBytes = 0 } of frames) {
    sent += bytes.length;
    if (sent <= offset) replied += replyBytes;
  }
  return replied;
}

const NEVER_MS = 20_000;

/** Turns the event loop until it is so. @throws when it never is */
export async function until(condition: () => boolean): Promise<void> {
  const since = performance.now();
  while (!condition()) {
    await setImmediate();
    if (performance.now() - since > NEVER_MS) throw new Error(`it has never been so: ${condition}`);
  }
}

/** Resolves when so many bytes have come. */
function received(socket: Socket, count: number): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  let left = count;
  if (left === 0) resolve();
  socket.on('data', (chunk: Buffer) => {
    left -= chunk.length;
    if (left === 0) resolve();
    else if (left < 0) reject(new Error('the server sent more than this client asked for'));
  });
  socket.once('close', () => reject(new Error(`the server closed early, ${left} bytes short`)));
  return promise;
}

/** One client from its first byte to its leaving. */
async function leave(socket: Socket, { prefix, replyBytes, way }: Leaver, order: Order): Promise<void> {
  const greeted = order === 'server' ? received(socket, GREETING_BYTES) : undefined;
  await greeted;
  socket.removeAllListeners('data').removeAllListeners('close');
  const answered = received(socket, replyBytes - (order === 'server' ? GREETING_BYTES : 0));
  if (prefix.length > 0) socket.write(prefix);
  await answered;
  const closed = new Promise((resolve) => socket.once('close', resolve));
  LEAVING[way](socket);
  await closed;
}

/** Has clients do so at once. @param server with a clock of its own */
export async function leaveTogether(
  { server, clock, order }: { server: ServerInterface; clock: FakeClock; order: Order },
  batch: readonly Leaver[],
): Promise<void> {
  const sockets = await Promise.all(batch.map(() => dialLoopback(server.getListenPort())));
  const leaving = Promise.all(
    sockets.map((socket, index) => {
      const leaver = batch[index];
      assert.ok(leaver);
      socket.allowHalfOpen = leaver.way === 'half-closes';
      if (socket.allowHalfOpen) socket.on('end', () => socket.destroy());
      return leave(socket, leaver, order);
    }),
  );
  if (order === 'server') {
    await until(() => server.getGauges().waitingConnections() === batch.length);
    await clock.advance(SPEAK_FIRST_AFTER_MS);
  }
  await leaving;
}
