import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClientInterface } from '../../../src/client/client-interface.ts';
import { BoundedGenerationMemory } from '../../../src/client/generation-memory.ts';
import { createdContainer, statistics } from '../../../src/wire/response.ts';
import { MemoryContainerBackend } from '../../support/memory-container-backend.ts';
import { recordedSessions, wrapperOf } from '../../support/recorded-sessions.ts';
import { startTestServer } from '../../support/test-server.ts';

const { serverKey, clientKey } = recordedSessions(3);
const serverRsa = await wrapperOf(serverKey);
const rsaWrapper = await wrapperOf(clientKey);

for (const generation of [1, 2, 3, 'auto'] as const) {
  for (const receiveFirst of [false, true]) {
    test(`our client of generation ${generation} and our server understand each other, ${receiveFirst ? 'the server' : 'the client'} speaking first`, async () => {
      await using backend = new MemoryContainerBackend();
      await using server = await startTestServer({
        backend,
        rsaWrapper: serverRsa,
        ...(receiveFirst && { speakFirstAfter: 0.02 }),
      });
      const generationMemory = new BoundedGenerationMemory();
      const ask = async (verb: string, parameters: Record<string, unknown> = {}) => {
        await using client = new ClientInterface({ generation, generationMemory, rsaWrapper });
        await client.connectServer({ host: '127.0.0.1', port: server.getListenPort(), receiveFirst });
        await client.sendRequest(verb, parameters);
        const { success, message, data } = await client.recvResponse();
        assert.deepEqual([success, message], [true, 'OK']);
        assert.equal(client.getGeneration(), generation === 'auto' ? 3 : generation);
        return data;
      };
      assert.equal(statistics(await ask('STAT')).available, 2);
      const { container_uuid, client_token } = createdContainer(await ask('CREATE'));
      assert.deepEqual([...backend.containers.keys()], [container_uuid]);
      await ask('DESTROY', { container_uuid, client_token });
      assert.equal(backend.containers.size, 0);
    });
  }
}
