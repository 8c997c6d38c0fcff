import assert from 'node:assert/strict';
import { Duplex, duplexPair, Writable } from 'node:stream';
import { test } from 'node:test';
import { setImmediate } from 'node:timers/promises';
import fc from 'fast-check';
import { ByteChannel } from '../../../src/wire/byte-channel.ts';
import { MAX_UNASKED_BYTES } from '../../../src/wire/limits.ts';

function pair(): { channel: ByteChannel; near: Duplex; far: Duplex } {
  const [near, far] = duplexPair();
  far.on('error', () => undefined);
  return { channel: new ByteChannel(near), near, far };
}

/** `bytes` cut after each of these lengths, and the rest. */
function cut(bytes: Buffer, lengths: number[]): Buffer[] {
  const pieces: Buffer[] = [];
  let at = 0;
  for (const length of lengths) {
    pieces.push(bytes.subarray(at, at + length));
    at += length;
  }
  return [...pieces, bytes.subarray(at)].filter((piece) => piece.length > 0);
}

test('reads give the bytes that were sent, however they were cut and joined on the way', async () => {
  const bytes = fc.uint8Array({ minLength: 0, maxLength: 600 }).map((array) => Buffer.from(array));
  const lengths = fc.array(fc.integer({ min: 1, max: 200 }), { maxLength: 30 });
  const property = fc.asyncProperty(bytes, lengths, lengths, async (sent, writes, reads) => {
    const { channel, far } = pair();
    const expected = cut(sent, reads);
    const sending = (async () => {
      for (const piece of cut(sent, writes)) {
        far.write(piece);
        if (piece.length % 2 === 0) await setImmediate();
      }
      far.end();
    })();
    for (const piece of expected) assert.deepEqual(await channel.read(piece.length), piece);
    await sending;
    await assert.rejects(channel.read(1), { name: 'RuntimeError', code: 'Closed' });
    channel.destroy();
  });
  await fc.assert(property, { numRuns: 150 });
});

test('a session that arrives a byte at a time is read', async () => {
  const { channel, far } = pair();
  const bytes = Buffer.from(Array.from({ length: 1000 }, (_, index) => index % 256));
  const reading = channel.read(1000);
  for (const byte of bytes) far.write(Buffer.from([byte]));
  assert.deepEqual(await reading, bytes);
  channel.destroy();
});

test('a frame is one write', async () => {
  const frames: string[] = [];
  const stream = Duplex.from({
    readable: new Duplex({ read: () => undefined }),
    writable: new Writable({
      write(chunk, _encoding, done) {
        frames.push(String(chunk));
        done();
      },
    }),
  });
  const channel = new ByteChannel(stream);
  await channel.write(Buffer.from('800====='));
  await channel.write('1');
  assert.deepEqual(frames, ['800=====', '1']);
  channel.destroy();
});

test('a peer that sends more ahead than any session has is cut off', async () => {
  const { channel, near, far } = pair();
  far.write(Buffer.alloc(MAX_UNASKED_BYTES));
  assert.equal((await channel.read(1)).length, 1);
  const reading = channel.read(MAX_UNASKED_BYTES + 10_000);
  far.write(Buffer.alloc(10_001 + MAX_UNASKED_BYTES));
  assert.equal((await reading).length, MAX_UNASKED_BYTES + 10_000);
  far.write('x');
  await new Promise((resolve) => channel.closed.addEventListener('abort', resolve));
  assert.equal(channel.closed.reason.code, 'Flooded');
  assert.equal(near.destroyed, true);
});

test('a read that waits fails when its peer floods it', async () => {
  const { channel, far } = pair();
  const reading = channel.read(8);
  far.write(Buffer.alloc(MAX_UNASKED_BYTES + 9));
  await assert.rejects(reading, { name: 'RuntimeError', code: 'Flooded' });
  assert.equal(channel.closed.aborted, true);
});

test('destroy during a read destroys the stream, and its reason is what the read and the signal report', async () => {
  const { channel, near } = pair();
  const { closed } = channel;
  const reading = channel.read(1);
  const reason = new Error('too late');
  channel.destroy(reason);
  await assert.rejects(reading, reason);
  assert.equal(near.destroyed, true);
  assert.equal(closed.reason, reason);
  assert.equal(channel.isClosed, true);
});

test('bytes that come now and then keep no read alive that is destroyed', async () => {
  const { channel, far } = pair();
  const reading = channel.read(3);
  far.write('1');
  await setImmediate();
  far.write('2');
  await setImmediate();
  channel.destroy(new Error('too late'));
  await assert.rejects(reading, { message: 'too late' });
});

test('every call after destroy fails with its reason', async () => {
  for (const call of ['read', 'write', 'finish'] as const) {
    const { channel } = pair();
    channel.destroy(new Error('too late'));
    const calling = call === 'read' ? channel.read(1) : call === 'write' ? channel.write('1') : channel.finish();
    await assert.rejects(calling, { message: 'too late' });
  }
});

test('the signal of a channel that is closed already has aborted', () => {
  const { channel } = pair();
  channel.destroy(new Error('too late'));
  assert.equal(channel.closed.reason.message, 'too late');
});

test('a write that the peer never takes ends with the reason of destroy', async () => {
  const stuck = new Duplex({ read: () => undefined, write: () => undefined });
  const channel = new ByteChannel(stuck);
  const writing = channel.write('1');
  channel.destroy(new Error('too late'));
  await assert.rejects(writing, { message: 'too late' });
  assert.equal(stuck.destroyed, true);
});

test('a frame that is sent after the end is no error', async () => {
  const { channel, near } = pair();
  near.destroy();
  channel.send('1');
  await assert.rejects(channel.read(1), { code: 'Closed' });
});

test('bytes that arrived before the end can still be read after it', async () => {
  const { channel, far } = pair();
  far.end('last words');
  await new Promise((resolve) => channel.closed.addEventListener('abort', resolve));
  assert.equal((await channel.read(10)).toString(), 'last words');
  await assert.rejects(channel.read(1), { code: 'Closed' });
  channel.destroy();
});

test('an end in the middle of a read, and an error, both fail it', async () => {
  const ended = pair();
  const half = ended.channel.read(2);
  ended.far.end('1');
  await assert.rejects(half, { code: 'Closed' });
  const broken = pair();
  const reading = broken.channel.read(2);
  broken.near.destroy(new Error('reset'));
  await assert.rejects(reading, { code: 'Closed' });
  await assert.rejects(broken.channel.write('1'), { code: 'Closed' });
});

test('finish waits for the end of the peer, throws away what it still sends, and tells a break from an end', async () => {
  const clean = pair();
  clean.far.on('end', () => clean.far.end('nobody reads this')).resume();
  await clean.channel.finish();
  const broken = pair();
  const finishing = broken.channel.finish();
  broken.near.destroy(new Error('reset'));
  await assert.rejects(finishing, { code: 'Closed' });
});

test('no listener piles up on the stream', async () => {
  const { channel, near, far } = pair();
  const before = near.eventNames().map((name) => near.listenerCount(name));
  for (let turn = 0; turn < 50; turn += 1) {
    const reading = channel.read(1);
    far.write('x');
    await reading;
    await channel.write('y');
  }
  assert.deepEqual(
    near.eventNames().map((name) => near.listenerCount(name)),
    before,
  );
  channel.destroy();
});

test('a second read while one waits is a mistake of the caller', async () => {
  const { channel } = pair();
  const first = channel.read(1);
  await assert.rejects(channel.read(1), TypeError);
  channel.destroy();
  await assert.rejects(first, { code: 'Closed' });
});
