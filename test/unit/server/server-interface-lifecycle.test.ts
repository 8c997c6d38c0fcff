import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { test } from 'node:test';
import { RESPONSE_MSG_OK } from '../../../src/server/constants.ts';
import { createdContainer } from '../../../src/wire/response.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { clientOf, newServer, serverRsa } from './server-under-test.ts';

test('startServer resolves when the server has been stopped, and by then a routine has been told', async () => {
  await using tested = newServer();
  const order: string[] = [];
  const started = new Promise<void>((resolve) => tested.server.onStarted(() => resolve()));
  tested.server.onStopped(() => void order.push('onStopped'));
  const served = tested.server.startServer().then(() => order.push('startServer'));
  await started;
  assert.equal((await clientOf(tested.server).ask('STAT')).success, true);
  assert.deepEqual(order, []);
  await tested.server.stopServer();
  await served;
  assert.deepEqual(order, ['onStopped', 'startServer']);
});

test('startServer with asynchronous resolves when the server listens', async () => {
  await using tested = newServer();
  await tested.server.startServer({ asynchronous: true });
  assert.equal((await clientOf(tested.server).ask('STAT')).success, true);
});

test('a server that runs or starts is not started again', async () => {
  await using tested = newServer();
  const { server } = tested;
  const starting = server.startServer({ asynchronous: true });
  await assert.rejects(server.startServer(), { name: 'RuntimeError', code: 'Refused' });
  await starting;
  await assert.rejects(server.startServer({ asynchronous: true }), { name: 'RuntimeError', code: 'Refused' });
  assert.equal((await clientOf(server).ask('STAT')).success, true);
});

test('a port that is taken is told, and the server can be started where it is free', async () => {
  await using first = newServer();
  await first.server.startServer({ asynchronous: true });
  await using second = newServer({ listenPort: first.server.getListenPort() });
  await assert.rejects(second.server.startServer({ asynchronous: true }), { code: 'EADDRINUSE' });
  assert.equal(second.server.getRuntimeStatistics()[0], false);
  await first.server.stopServer();
  await second.server.startServer({ asynchronous: true });
  assert.equal((await clientOf(second.server).ask('STAT')).success, true);
});

test('a server that is stopped before it has started does not go on', async () => {
  await using tested = newServer();
  const served = tested.server.startServer();
  await tested.server.stopServer();
  await served;
  assert.equal(tested.server.getRuntimeStatistics()[0], false);
});

test('a server that is stopped twice at once stops once, and both wait for it', async () => {
  await using tested = newServer();
  const { server } = tested;
  let stops = 0;
  server.onStopped(async () => {
    await new Promise((resolve) => setImmediate(resolve));
    stops += 1;
  });
  await server.startServer({ asynchronous: true });
  const counts = await Promise.all([1, 2].map(() => server.stopServer().then(() => stops)));
  assert.deepEqual(counts, [1, 1]);
  await server.stopServer();
  assert.equal(stops, 1);
});

test('a stopped server takes no connections, and tells no port', async () => {
  await using tested = newServer();
  await tested.server.startServer({ asynchronous: true });
  const port = tested.server.getListenPort();
  await tested.server.stopServer();
  const code = await new Promise((resolve) => connect(port, '127.0.0.1').on('error', (error) => resolve(error)));
  assert.equal((code as NodeJS.ErrnoException).code, 'ECONNREFUSED');
  assert.throws(() => tested.server.getListenPort(), { name: 'RuntimeError', code: 'NotConnected' });
});

test('a handler may stop its server, and its client is answered', async () => {
  await using tested = newServer();
  const { server } = tested;
  const started = new Promise<void>((resolve) => server.onStarted(() => resolve()));
  server.setRequestHandler('SLEEP', () => {
    void server.stopServer();
    return { success: true, message: RESPONSE_MSG_OK };
  });
  const served = server.startServer();
  await started;
  assert.equal((await clientOf(server).ask('SLEEP')).success, true);
  await served;
});

test('leaving the scope of a server stops it', async () => {
  let ended: Promise<void>;
  {
    await using server = newServer().server;
    const started = new Promise<void>((resolve) => server.onStarted(() => resolve()));
    ended = server.startServer();
    await started;
  }
  await ended;
});

const RESTARTS: { how: string; args: [] | [{ asynchronous: boolean }]; awaitsStop: boolean }[] = [
  { how: 'restartServer with asynchronous', args: [{ asynchronous: true }], awaitsStop: false },
  { how: 'restartServer without asynchronous', args: [{ asynchronous: false }], awaitsStop: true },
  { how: 'restartServer without an argument', args: [], awaitsStop: true },
];

for (const { how, args, awaitsStop } of RESTARTS) {
  test(`${how} resolves when the server ${awaitsStop ? 'has been stopped again' : 'listens'}: the key and the count of errors stay, the uptime begins again`, async () => {
    const clock = new FakeClock();
    await using tested = newServer({ clock, speakFirstAfter: 0 });
    const { server } = tested;
    const order: string[] = [];
    let started = Promise.withResolvers<void>();
    server.onStarted(() => {
      order.push('onStarted');
      started.resolve();
    });
    server.onStopped(() => void order.push('onStopped'));
    server.setRequestHandler('SING', () => {
      throw new Error('out of tune');
    });
    const firstRun = server.startServer();
    await started.promise;
    await clientOf(server).ask('SING');
    await clock.advance(5_000);
    started = Promise.withResolvers<void>();
    const secondRun = server.restartServer(...args).then(() => order.push('restartServer'));
    await firstRun;
    await started.promise;
    if (!awaitsStop) await secondRun;
    assert.deepEqual(server.getRuntimeStatistics(), [true, 1, 0, 2]);
    assert.equal(server.getRuntimeRSAWrapper(), serverRsa);
    assert.equal((await clientOf(server).ask('STAT')).success, true);
    await server.stopServer();
    await secondRun;
    const end = awaitsStop ? ['onStopped', 'restartServer'] : ['restartServer', 'onStopped'];
    assert.deepEqual(order, ['onStarted', 'onStopped', 'onStarted', ...end]);
  });
}

test('restartServer starts a server that does not run', async () => {
  await using tested = newServer();
  await tested.server.restartServer({ asynchronous: true });
  assert.equal((await clientOf(tested.server).ask('STAT')).success, true);
});

test('a restarted server still knows the containers that it gave out', async () => {
  await using tested = newServer();
  await tested.server.startServer({ asynchronous: true });
  const { container_uuid, client_token } = createdContainer((await clientOf(tested.server).ask('CREATE')).data);
  await tested.server.restartServer({ asynchronous: true });
  const answer = await clientOf(tested.server).ask('DESTROY', { container_uuid, client_token });
  assert.deepEqual([answer.success, tested.backend.containers.size], [true, 0]);
});
