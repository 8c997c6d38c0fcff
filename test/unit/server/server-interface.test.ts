import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { MemoryDatabase } from '../../../src/server/database/memory-database.ts';
import { ServerInterface } from '../../../src/server/server-interface.ts';
import { VirtualizationInterface } from '../../../src/virtualization/virtualization-interface.ts';
import { statistics } from '../../../src/wire/response.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { MemoryContainerBackend } from '../../support/memory-container-backend.ts';
import { dialLoopback } from '../../support/raw-client.ts';
import { clientOf, newServer, serverRsa } from './server-under-test.ts';

test('a server gives back the interfaces and the key that it was made with', () => {
  const runtimeVirtualizationInterface = new VirtualizationInterface(new MemoryContainerBackend());
  const runtimeDatabaseInterface = new MemoryDatabase();
  const { server } = newServer({ runtimeVirtualizationInterface, runtimeDatabaseInterface });
  assert.equal(server.getRuntimeVirtualizationInterface(), runtimeVirtualizationInterface);
  assert.equal(server.getRuntimeDatabaseInterface(), runtimeDatabaseInterface);
  assert.equal(server.getRuntimeRSAWrapper(), serverRsa);
});

test('a server that is given nothing has a database in memory, no containers, and makes its key when it starts', async () => {
  await using server = new ServerInterface({ bindAddress: '127.0.0.1', listenPort: 0 });
  assert.ok(server.getRuntimeDatabaseInterface() instanceof MemoryDatabase);
  assert.equal(server.getRuntimeVirtualizationInterface().getAvailableContainersAmount(), 0);
  assert.equal(server.getRuntimeRSAWrapper(), undefined);
  await server.startServer({ asynchronous: true });
  assert.equal(server.getRuntimeRSAWrapper()?.blockBytes, 512);
  const { ask } = clientOf(server);
  assert.deepEqual(await ask('CREATE'), { success: false, message: 'Unavailable', data: {} });
  assert.equal(statistics((await ask('STAT')).data).available, 0);
  assert.equal(server.getRuntimeStatistics()[1], 0);
});

test('statistics tell of a server before, during and after its run', async () => {
  const clock = new FakeClock();
  await using tested = newServer({ clock, speakFirstAfter: 0 });
  const { server } = tested;
  assert.deepEqual(server.getRuntimeStatistics(), [false, 0, 0, 2]);
  await server.startServer({ asynchronous: true });
  await clock.advance(61_999);
  assert.deepEqual(server.getRuntimeStatistics(), [true, 0, 61, 2]);
  await clientOf(server).ask('CREATE');
  server.setRequestHandler('SING', () => {
    throw new Error('out of tune');
  });
  await clientOf(server).ask('SING');
  assert.deepEqual(server.getRuntimeStatistics(), [true, 1, 61, 1]);
  await server.stopServer();
  assert.deepEqual(server.getRuntimeStatistics(), [false, 1, 0, 1]);
});

test('a server listens at its bind address only', async () => {
  await using tested = newServer({ bindAddress: '127.0.0.78' });
  await tested.server.startServer({ asynchronous: true });
  const reach = (host: string) =>
    new Promise((resolve) => {
      const socket = connect(tested.server.getListenPort(), host, () => resolve('connected'));
      socket.on('error', ({ message }) => resolve(message)).on('connect', () => socket.destroy());
    });
  assert.equal(await reach('127.0.0.78'), 'connected');
  assert.match(String(await reach('127.0.0.1')), /ECONNREFUSED/);
});

test('a client has the time of clientTimeout, 10 s by default, for its handshake and request', async () => {
  for (const [options, ms] of [
    [{ clientTimeout: 3 }, 3_000],
    [{ stepTimeout: 60 }, 10_000],
  ] as const) {
    const clock = new FakeClock();
    await using tested = newServer({ clock, speakFirstAfter: 0, ...options });
    await tested.server.startServer({ asynchronous: true });
    const socket = (await dialLoopback(tested.server.getListenPort())).resume();
    const closed = new Promise((resolve) => socket.once('close', resolve));
    await clock.untilPending(1);
    await clock.advance(ms - 1);
    assert.equal(tested.server.getGauges().openConnections(), 1);
    await clock.advance(1);
    await closed;
  }
});
