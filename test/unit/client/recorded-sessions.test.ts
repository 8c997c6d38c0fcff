import assert from 'node:assert/strict';
import { constants, privateDecrypt } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { ClientInterface } from '../../../src/client/client-interface.ts';
import { ByteChannel } from '../../../src/wire/byte-channel.ts';
import { type RecordedSession, recordedSessions, scripted, wrapperOf } from '../../support/recorded-sessions.ts';

const { sessions, serverKey, clientKey } = recordedSessions(3);
const rsaWrapper = await wrapperOf(clientKey);
const CLIENT_KEY_BLOCK = 8;
const REQUEST_BODY = 14;

for (const session of sessions) {
  test(`the client's part of the recorded session "${session.name}" is reproduced byte by byte`, async () => {
    const connection = Promise.withResolvers<Socket>();
    const listener = createServer({ noDelay: true }, connection.resolve);
    const port = await new Promise<number>((resolve) => {
      listener.listen(0, '127.0.0.1', () => {
        const address = listener.address();
        resolve(typeof address === 'object' && address ? address.port : 0);
      });
    });
    const requestIv = session.steps[REQUEST_BODY]?.bytes.subarray(-16) ?? Buffer.alloc(0);
    const randomBytes = scripted(session.key, session.iv, requestIv);
    await using client = new ClientInterface({
      serverIp: '127.0.0.1',
      serverListenPort: port,
      rsaWrapper,
      randomBytes,
    });

    const replayed = connection.promise.then((socket) => playServer(socket, session));
    await client.sendRequest(session.request.verb, session.request.parameters);
    assert.deepEqual(await client.recvResponse(), session.response);
    await replayed;
    client.closeConnection();
    await new Promise((resolve) => listener.close(resolve));
  });
}

async function playServer(socket: Socket, session: RecordedSession): Promise<void> {
  const { signal } = new AbortController();
  const server = new ByteChannel(socket);
  for (const [index, { from, bytes }] of session.steps.entries()) {
    if (from === 'server') {
      await server.write(bytes, signal);
      continue;
    }
    const sent = await server.read(bytes.length, signal);
    if (index !== CLIENT_KEY_BLOCK) assert.equal(sent.toString('hex'), bytes.toString('hex'), `step ${index}`);
    else assert.deepEqual(opened(sent), Buffer.concat([session.key, session.iv]));
  }
  server.end();
}

function opened(block: Buffer): Buffer {
  return privateDecrypt({ key: serverKey, oaepHash: 'sha256', padding: constants.RSA_PKCS1_OAEP_PADDING }, block);
}
