import assert from 'node:assert/strict';
import { constants, type KeyObject, privateDecrypt } from 'node:crypto';
import { connect } from 'node:net';
import { test } from 'node:test';
import type { ServerInterface } from '../../../src/server/server-interface.ts';
import { ByteChannel } from '../../../src/wire/byte-channel.ts';
import { MemoryContainerBackend } from '../../support/memory-container-backend.ts';
import { type RecordedSession, recordedSessions, scripted, wrapperOf } from '../../support/recorded-sessions.ts';
import { startTestServer } from '../../support/test-server.ts';

const SERVER_KEY_BLOCK = 10;

/** The two DESTROY sessions end at the real handler; the answers of the others hold what only their server knew. */
function prepare(server: ServerInterface, backend: MemoryContainerBackend, session: RecordedSession): void {
  const { verb, parameters } = session.request;
  if (verb !== 'DESTROY') server.setRequestHandler(verb, () => session.response);
  else if (session.response.success) backend.put(String(parameters.container_uuid), String(parameters.client_token));
  else backend.put(String(parameters.container_uuid), 'another token');
}

for (const generation of [1, 2, 3] as const) {
  const { sessions, serverKey, clientKey } = recordedSessions(generation);
  const rsaWrapper = await wrapperOf(serverKey);

  for (const session of sessions) {
    test(`the server's part of "${session.name}" of generation ${generation} is reproduced byte by byte`, async () => {
      await using backend = new MemoryContainerBackend();
      const responseIv = session.steps.at(-1)?.bytes.subarray(-16) ?? Buffer.alloc(0);
      const randomBytes = scripted(session.key, session.iv, ...(generation === 1 ? [] : [responseIv]));
      await using server = await startTestServer({ backend, rsaWrapper, randomBytes });
      prepare(server, backend, session);
      const client = new ByteChannel(connect({ port: server.getListenPort(), host: '127.0.0.1', noDelay: true }));

      for (const [index, { from, bytes }] of session.steps.entries()) {
        if (from === 'client') {
          await client.write(bytes);
          continue;
        }
        const sent = await client.read(bytes.length);
        if (index !== SERVER_KEY_BLOCK) assert.equal(sent.toString('hex'), bytes.toString('hex'), `step ${index}`);
        else assert.deepEqual(opened(sent, clientKey), Buffer.concat([session.key, session.iv]));
      }
      await assert.rejects(client.read(1), { code: 'Closed' });
      client.destroy();
    });
  }
}

function opened(block: Buffer, key: KeyObject): Buffer {
  return privateDecrypt({ key, oaepHash: 'sha256', padding: constants.RSA_PKCS1_OAEP_PADDING }, block);
}
