import assert from 'node:assert/strict';
import { constants, type KeyObject, privateDecrypt } from 'node:crypto';
import { createServer, type Socket } from 'node:net';
import { test } from 'node:test';
import { ClientInterface } from '../../../src/client/client-interface.ts';
import { ByteChannel } from '../../../src/wire/byte-channel.ts';
import type { GenerationNumber } from '../../../src/wire/generation.ts';
import { type RecordedSession, recordedSessions, scripted, wrapperOf } from '../../support/recorded-sessions.ts';

const CLIENT_KEY_BLOCK = 8;
const REQUEST_BODY = 14;
const IV_BYTES = 16;

for (const generation of [1, 2, 3] as const) {
  const recording = recordedSessions(generation);
  const rsaWrapper = await wrapperOf(recording.clientKey);
  for (const session of recording.sessions) {
    const name = `the client's part of generation ${generation}'s recorded session "${session.name}" is reproduced byte by byte`;
    test(name, async () => {
      const connection = Promise.withResolvers<Socket>();
      const listener = createServer({ noDelay: true }, connection.resolve);
      const port = await new Promise<number>((resolve) => {
        listener.listen(0, '127.0.0.1', () => {
          const address = listener.address();
          resolve(typeof address === 'object' && address ? address.port : 0);
        });
      });
      await using client = new ClientInterface({
        serverIp: '127.0.0.1',
        serverListenPort: port,
        rsaWrapper,
        generation,
        randomBytes: scripted(session.key, session.iv, ...drawnForRequest(generation, session)),
      });

      const replayed = connection.promise.then((socket) => playServer(socket, session, recording.serverKey));
      await client.sendRequest(session.request.verb, session.request.parameters);
      assert.deepEqual(await client.recvResponse(), session.response);
      await replayed;
      assert.equal(client.getGeneration(), generation);
      client.closeConnection();
      await new Promise((resolve) => listener.close(resolve));
    });
  }
}

/** The IV that follows the request. Generation 1 has none. */
function drawnForRequest(generation: GenerationNumber, { steps }: RecordedSession): Buffer[] {
  return generation === 1 ? [] : [steps[REQUEST_BODY]?.bytes.subarray(-IV_BYTES) ?? Buffer.alloc(0)];
}

async function playServer(socket: Socket, session: RecordedSession, serverKey: KeyObject): Promise<void> {
  const server = new ByteChannel(socket);
  for (const [index, { from, bytes }] of session.steps.entries()) {
    if (from === 'server') {
      await server.write(bytes);
      continue;
    }
    const sent = await server.read(bytes.length);
    if (index !== CLIENT_KEY_BLOCK) assert.equal(sent.toString('hex'), bytes.toString('hex'), `step ${index}`);
    else assert.deepEqual(opened(sent, serverKey), Buffer.concat([session.key, session.iv]));
  }
  server.end();
}

function opened(block: Buffer, key: KeyObject): Buffer {
  return privateDecrypt({ key, oaepHash: 'sha256', padding: constants.RSA_PKCS1_OAEP_PADDING }, block);
}
