import assert from 'node:assert/strict';
import { tracingChannel } from 'node:diagnostics_channel';
import { once } from 'node:events';
import { connect, type Server } from 'node:net';
import { networkInterfaces } from 'node:os';
import { type TestContext, test } from 'node:test';
import { ownLoopbackAddress } from '../../support/loopback-address.ts';
import { clientOf, newServer } from './server-under-test.ts';

async function reach(host: string, port: number): Promise<void> {
  const socket = connect(port, host);
  try {
    await once(socket, 'connect');
  } finally {
    socket.destroy();
  }
}

/** IPv6 too, where there is any; not those that are reached by naming their interface as well. */
function addressesOfMachine(): string[] {
  const addresses = Object.values(networkInterfaces()).flatMap((found = []) => found);
  return addresses.filter(({ address }) => !address.startsWith('fe80:')).map(({ address }) => address);
}

for (const bindAddress of [undefined, '']) {
  test(`a server with the bind address ${JSON.stringify(bindAddress)} listens at every address of the machine`, async () => {
    await using tested = newServer({ bindAddress });
    await tested.server.startServer({ asynchronous: true });
    const addresses = addressesOfMachine();
    assert.ok(addresses.includes('127.0.0.1'));
    for (const address of [...addresses, ownLoopbackAddress()]) await reach(address, tested.server.getListenPort());
  });
}

test('a server that is given no port listens on 6150', async () => {
  const bindAddress = ownLoopbackAddress();
  await using tested = newServer({ bindAddress, listenPort: undefined });
  await tested.server.startServer({ asynchronous: true });
  assert.equal(tested.server.getListenPort(), 6150);
  await reach(bindAddress, 6150);
});

/** What listens from here on. */
function listeners(t: TestContext): Server[] {
  const servers: Server[] = [];
  const channel = tracingChannel('net.server.listen');
  const asyncStart = (message: unknown) => servers.push((message as { server: Server }).server);
  channel.asyncStart.subscribe(asyncStart);
  t.after(() => channel.asyncStart.unsubscribe(asyncStart));
  return servers;
}

test('a listener that fails while the server runs is a runtime error named listen, and the server goes on', async (t) => {
  const servers = listeners(t);
  await using tested = newServer();
  const { server } = tested;
  const told: object[] = [];
  server.onRuntimeError(({ traceback, ...others }) => void told.push({ ...others, cause: traceback.split('\n')[0] }));
  await server.startServer({ asynchronous: true });
  const [listener, ...others] = servers;
  assert.deepEqual(others, []);
  // As Node tells of a connection that the system could not hand over.
  listener?.emit('error', new RangeError('accept ENFILE'));
  assert.equal((await clientOf(server).ask('STAT')).success, true);
  assert.deepEqual(told, [{ name: 'listen', exClass: 'RangeError', cause: 'RangeError: accept ENFILE' }]);
  assert.equal(server.getRuntimeStatistics()[1], 1);
});
