import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { test } from 'node:test';
import { ClientInterface } from '../../../src/client/client-interface.ts';
import { ownLoopbackAddress } from '../../support/loopback-address.ts';
import { clientRsa, serverRsa } from './client-interface-meeting.ts';
import { OldServer } from './old-server.ts';

const serverIp = '127.0.0.1';

test('the port of connectServer wins over the one of the constructor, for that call and for requests after it', async () => {
  await using named = await OldServer.start({ rsa: serverRsa, generation: 3 });
  await using other = await OldServer.start({ rsa: serverRsa, generation: 3 });
  await using client = new ClientInterface({ serverIp, serverListenPort: named.port, rsaWrapper: clientRsa });
  await client.connectServer({ port: other.port });
  assert.equal(client.getSocketDescriptor()?.remotePort, other.port);
  client.closeConnection();
  await client.sendRequest('STAT');
  assert.equal((await client.recvResponse()).success, true);
  assert.deepEqual([named.connections, other.connections], [0, 2]);
  client.closeConnection();
  await client.connectServer();
  assert.equal(client.getSocketDescriptor()?.remotePort, named.port);
});

test('a client that is told no port connects to 6150', async (t) => {
  const host = ownLoopbackAddress();
  const listener = createServer((socket) => socket.on('error', () => undefined).end('0')).listen(6150, host);
  await once(listener, 'listening');
  t.after(() => listener.close());
  for (const options of [{ serverIp: host }, { serverIp: host, serverListenPort: undefined }]) {
    const client = new ClientInterface({ ...options, rsaWrapper: clientRsa });
    // Whoever answers at all was reached.
    await assert.rejects(client.connectServer(), { name: 'RuntimeError', code: 'Refused' });
  }
});
