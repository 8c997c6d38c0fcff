import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { VirtualizationInterface } from '../../../src/virtualization/virtualization-interface.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { MemoryContainerBackend } from '../../support/memory-container-backend.ts';
import { dialLoopback } from '../../support/raw-client.ts';
import { clientOf, newServer } from './server-under-test.ts';

const REFUSED = 'Refused request (reason : Address not allowed)';
const DENIED = { allow: [], deny: ['127.0.0.0/8'] };

test('a filter that is set, changed and taken away while the server runs holds from the next request on', async () => {
  await using tested = newServer({ clientAddresses: 'known' });
  const { server } = tested;
  await server.startServer({ asynchronous: true });
  const { ask } = clientOf(server);
  assert.equal((await ask('STAT')).message, 'OK');
  server.reconfigure({ ipFilter: DENIED });
  assert.equal((await ask('STAT')).message, REFUSED);
  server.reconfigure({ ipFilter: { allow: ['127.0.0.1'], deny: [] } });
  assert.equal((await ask('STAT')).message, 'OK');
  server.reconfigure({ ipFilter: DENIED });
  server.reconfigure({ startTimeout: 5 });
  assert.equal((await ask('STAT')).message, REFUSED);
  server.reconfigure({ ipFilter: undefined });
  assert.equal((await ask('STAT')).message, 'OK');
});

test('a filter holds over HTTP too', async () => {
  await using tested = newServer({ clientAddresses: 'known', web: { listenPort: 0 } });
  const { server } = tested;
  await server.startServer({ asynchronous: true });
  const greeting = async () => (await fetch(`http://127.0.0.1:${server.getWebListenPort()}/`)).text();
  assert.doesNotMatch(await greeting(), /Address not allowed/);
  server.reconfigure({ ipFilter: DENIED });
  assert.match(await greeting(), /Address not allowed/);
});

test('options that cannot work change nothing', async () => {
  await using tested = newServer({ clientAddresses: 'known' });
  const { server } = tested;
  await server.startServer({ asynchronous: true });
  const wrong = { allow: [], deny: ['127.0.0.0/33'] };
  assert.throws(() => server.reconfigure({ ipFilter: wrong, startTimeout: 1 }), { code: 'BadCidr' });
  assert.equal((await clientOf(server).ask('STAT')).message, 'OK');
  server.reconfigure({ startTimeout: 2 });
  await using blind = newServer();
  assert.throws(() => blind.server.reconfigure({ ipFilter: DENIED }), { code: 'BadOption' });
});

test('what is changed before the server is started holds then', async () => {
  await using tested = newServer({ clientAddresses: 'known' });
  tested.server.reconfigure({ ipFilter: DENIED });
  await tested.server.startServer({ asynchronous: true });
  assert.equal((await clientOf(tested.server).ask('STAT')).message, REFUSED);
});

test('clients that come after a change have the new time, those before their own', async () => {
  const clock = new FakeClock();
  await using tested = newServer({ clock, clientTimeout: 4, stepTimeout: 60, speakFirstAfter: 0 });
  const { server } = tested;
  await server.startServer({ asynchronous: true });
  const before = (await dialLoopback(server.getListenPort())).resume();
  await clock.untilPending(1);
  server.reconfigure({ clientTimeout: 2 });
  const after = (await dialLoopback(server.getListenPort())).resume();
  const closed = { before: once(before, 'close'), after: once(after, 'close') };
  await clock.untilPending(2);
  await clock.advance(2_000);
  await closed.after;
  assert.equal(before.destroyed, false);
  await clock.advance(2_000);
  await closed.before;
});

test('a container that is asked for after a change has the new time to start', async () => {
  const clock = new FakeClock();
  const booting = Promise.withResolvers<void>();
  const boot = (signal: AbortSignal) => {
    booting.resolve();
    return new Promise<void>((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
  };
  await using backend = new MemoryContainerBackend({ boot });
  const runtimeVirtualizationInterface = new VirtualizationInterface(backend);
  await using tested = newServer({ clock, startTimeout: 100, runtimeVirtualizationInterface });
  const { server } = tested;
  await server.startServer({ asynchronous: true });
  server.reconfigure({ startTimeout: 7 });
  const answer = clientOf(server).ask('CREATE');
  await booting.promise;
  await clock.advance(7_000);
  assert.equal((await answer).message, 'Unavailable');
});

test('a server that is stopped waits as long as was set last', async () => {
  const clock = new FakeClock();
  await using tested = newServer({
    clock,
    stopGrace: 100,
    clientTimeout: 1_000,
    stepTimeout: 1_000,
    speakFirstAfter: 0,
  });
  const { server } = tested;
  await server.startServer({ asynchronous: true });
  const idle = (await dialLoopback(server.getListenPort())).resume();
  await clock.untilPending(1);
  server.reconfigure({ stopGrace: 3 });
  const stopped = server.stopServer();
  await clock.untilPending(2);
  await clock.advance(3_000);
  await Promise.all([stopped, once(idle, 'close')]);
});
