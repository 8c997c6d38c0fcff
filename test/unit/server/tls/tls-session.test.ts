import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import type { TLSSocket } from 'node:tls';
import { dial } from '../../../../src/client/dial.ts';
import { secureSocket } from '../../../../src/client/tls/secure.ts';
import { ok } from '../../../../src/server/answer.ts';
import { ClientInstance } from '../../../../src/server/client-instance.ts';
import { AESWrapper } from '../../../../src/wire/aes-wrapper.ts';
import { ByteChannel } from '../../../../src/wire/byte-channel.ts';
import { RuntimeError } from '../../../../src/wire/errors.ts';
import { generation3 } from '../../../../src/wire/generation-3.ts';
import { openSessionKey, receivePublicKey, sendPublicKey, sendSessionKey } from '../../../../src/wire/key-exchange.ts';
import { MAX_UNASKED_BYTES } from '../../../../src/wire/limits.ts';
import { receiveBody, receiveLength, sendMessage } from '../../../../src/wire/message-exchange.ts';
import { recordedSessions, wrapperOf } from '../../../support/recorded-sessions.ts';
import { authority, type Front, startFront } from './tls-fixture.ts';

const { serverKey, clientKey } = recordedSessions(3);
const serverRsa = await wrapperOf(serverKey);
const clientRsa = await wrapperOf(clientKey);
const never = new AbortController().signal;
const host = '127.0.0.1';

interface Ends {
  front: Front;
  server: TLSSocket;
  client: TLSSocket;
  /** What the client's TLS goes over. */
  raw: Socket;
}

async function connectEnds(t: TestContext): Promise<Ends> {
  const front = await startFront(t);
  const accepting = front.next();
  const raw = await dial({ host, port: front.port }, never);
  const securing = secureSocket(raw, { host, ca: authority.cert }, never);
  const [server, { socket: client }] = await Promise.all([accepting.then(({ secured }) => secured), securing]);
  return { front, server, client, raw };
}

test('a whole session of the protocol goes through TLS, to its agreed end', async (t) => {
  const { front, server, client } = await connectEnds(t);
  using instance = new ClientInstance({ socket: server, rsaWrapper: serverRsa, timeout: 10 });
  const request = { verb: 'STAT', parameters: { note: 'x'.repeat(10_000) } };
  const answering = (async () => {
    const received = await instance.recvRequest();
    await instance.sendResponse(ok({ version: '1' }));
    return { received, taken: await instance.confirmTaken() };
  })();
  const channel = new ByteChannel(client);
  await sendPublicKey(channel, clientRsa);
  const peer = await receivePublicKey(channel);
  await sendSessionKey(channel, AESWrapper.generate(randomBytes), peer);
  const aes = await openSessionKey(await channel.read(clientRsa.blockBytes), clientRsa, never);
  await channel.write('1');
  const session = { aes, generation: generation3 };
  await sendMessage(channel, session, request, randomBytes);
  const { message } = await receiveBody(channel, aes, await receiveLength(channel, session));
  channel.end();
  assert.deepEqual(message, { success: true, message: 'OK', data: { version: '1' } });
  assert.deepEqual(await answering, { received: request, taken: true });
  assert.equal(instance.getIP(), host);
  await front.close();
});

test('a side that finishes waits for the other to end', async (t) => {
  const { front, server, client } = await connectEnds(t);
  const near = new ByteChannel(server);
  const far = new ByteChannel(client);
  await far.write('unread');
  await near.finish();
  await assert.rejects(far.read(1), { code: 'Closed', message: 'the peer closed the connection' });
  assert.equal(server.destroyed, true);
  await front.close();
});

test('the last frame before the end arrives', async (t) => {
  const { front, server, client } = await connectEnds(t);
  const far = new ByteChannel(client);
  new ByteChannel(server).end('0');
  assert.equal((await far.read(1)).toString(), '0');
  await assert.rejects(far.read(1), { code: 'Closed', message: 'the peer closed the connection' });
  await front.close();
});

const LEAVING: Record<string, (ends: Ends) => void> = {
  'ends its side of TLS': ({ client }) => client.end(),
  'ends its side of TCP alone': ({ raw }) => raw.end(),
  closes: ({ raw }) => raw.destroy(),
  'resets the connection': ({ raw }) => raw.resetAndDestroy(),
};

for (const [what, leave] of Object.entries(LEAVING)) {
  test(`a read ends when the client ${what}, and nothing is left`, async (t) => {
    const ends = await connectEnds(t);
    const channel = new ByteChannel(ends.server);
    const reading = channel.read(8);
    ends.client.write('800=');
    await once(ends.server, 'data');
    leave(ends);
    await assert.rejects(reading, { name: 'RuntimeError', code: 'Closed' });
    assert.equal(channel.closed.aborted, true);
    channel.destroy();
    await ends.front.close();
  });
}

test('a peer that sends more ahead than any session has is cut off', async (t) => {
  const { front, server, client } = await connectEnds(t);
  const channel = new ByteChannel(server);
  const closing = once(channel.closed, 'abort');
  client.write(Buffer.alloc(2 * MAX_UNASKED_BYTES));
  await closing;
  assert.equal(channel.closed.reason.code, 'Flooded');
  await front.close();
});

test('a time limit that destroys the channel ends the TCP connection too', async (t) => {
  const { front, server } = await connectEnds(t);
  const channel = new ByteChannel(server);
  const reading = channel.read(1);
  const reason = new RuntimeError('TimedOut', 'too long');
  channel.destroy(reason);
  await assert.rejects(reading, reason);
  await front.close();
});
