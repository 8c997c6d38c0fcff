import assert from 'node:assert/strict';
import { Duplex } from 'node:stream';
import { test } from 'node:test';
import { ClientInterface } from '../../../src/client/client-interface.ts';
import { BoundedGenerationMemory } from '../../../src/client/generation-memory.ts';
import { RequestChannel } from '../../../src/client/request-channel.ts';
import { RuntimeError } from '../../../src/wire/errors.ts';
import type { GenerationNumber } from '../../../src/wire/generation.ts';
import { FakeClock } from '../../support/fake-clock.ts';
import { recordedSessions, wrapperOf } from '../../support/recorded-sessions.ts';
import { OldServer, REACTIONS } from './old-server.ts';

const { serverKey, clientKey } = recordedSessions(3);
const rsa = await wrapperOf(serverKey);
const rsaWrapper = await wrapperOf(clientKey);
const serverIp = '127.0.0.1';
const OK = { success: true, message: 'OK', data: {} };

function memoryOf(port: number, generation?: GenerationNumber): BoundedGenerationMemory {
  const memory = new BoundedGenerationMemory();
  if (generation) memory.remember({ host: serverIp, port }, generation);
  return memory;
}

/** A fresh client that sends one CREATE. */
async function create(port: number, options: ConstructorParameters<typeof ClientInterface>[0] = {}) {
  await using client = new ClientInterface({ serverIp, serverListenPort: port, rsaWrapper, ...options });
  await client.sendRequest('CREATE');
  return { response: await client.recvResponse(), generation: client.getGeneration() };
}

test('a server of the latest generation is served by one connection', async () => {
  await using server = await OldServer.start({ rsa, generation: 3 });
  const generationMemory = memoryOf(server.port);
  assert.deepEqual(await create(server.port, { generationMemory }), { response: OK, generation: 3 });
  assert.equal(server.connections, 1);
  assert.equal(generationMemory.recall({ host: serverIp, port: server.port }), 3);
});

for (const generation of [1, 2] as const) {
  for (const reaction of REACTIONS) {
    test(`a server of generation ${generation} that reacts with "${reaction}" is found out without running the request twice`, async () => {
      await using server = await OldServer.start({ rsa, generation, reaction });
      const generationMemory = memoryOf(server.port);
      assert.deepEqual(await create(server.port, { generationMemory }), { response: OK, generation });
      assert.equal(server.requests.filter(({ verb }) => verb === 'CREATE').length, 1);
      assert.equal(
        server.requests.every(({ verb }) => verb === 'CREATE' || verb === 'STAT'),
        true,
      );

      // One in generation 3, one to ask, or two when the first question got no answer, one for the request.
      const before = generation === 1 && reaction !== 'message' ? 4 : 3;
      assert.equal(server.connections, before);
      assert.deepEqual(await create(server.port, { generationMemory }), { response: OK, generation });
      assert.equal(server.connections, before + 1);
    });
  }
}

test('clients without a memory of their own share one', async () => {
  await using server = await OldServer.start({ rsa, generation: 2 });
  await create(server.port);
  const before = server.connections;
  await create(server.port);
  assert.equal(server.connections, before + 1);
});

for (const [remembered, generation] of [
  [1, 3],
  [2, 3],
  [3, 1],
  [3, 2],
] as const) {
  for (const reaction of REACTIONS) {
    test(`what was ${remembered} and is ${generation} now, and says so with "${reaction}", is found out anew`, async () => {
      await using server = await OldServer.start({ rsa, generation, reaction });
      const generationMemory = memoryOf(server.port, remembered);
      assert.deepEqual(await create(server.port, { generationMemory }), { response: OK, generation });
      assert.equal(server.requests.filter(({ verb }) => verb === 'CREATE').length, 1);
      assert.equal(generationMemory.recall({ host: serverIp, port: server.port }), generation);
    });
  }
}

for (const [remembered, generation] of [
  [1, 2],
  [2, 1],
] as const) {
  test(`what was ${remembered} and is ${generation} now fails once, because the request may have been handled, and is found out by the next client`, async () => {
    await using server = await OldServer.start({ rsa, generation, reaction: 'close' });
    const generationMemory = memoryOf(server.port, remembered);
    await assert.rejects(create(server.port, { generationMemory }), { name: 'RuntimeError', code: 'Closed' });
    assert.equal(server.connections, 1);
    assert.equal(generationMemory.recall({ host: serverIp, port: server.port }), undefined);
    assert.deepEqual(await create(server.port, { generationMemory }), { response: OK, generation });
  });
}

test('when no generation fits, the first refusal is the error, after a few connections', async () => {
  const refuse = (socket: Duplex, _: number, moment: string) => {
    if (moment !== 'exchanged') return undefined;
    socket.write('0');
    return new Promise<void>(() => undefined);
  };
  await using server = await OldServer.start({ rsa, generation: 3, interfere: refuse });
  const generationMemory = memoryOf(server.port, 3);
  await assert.rejects(create(server.port, { generationMemory }), {
    name: 'RuntimeError',
    code: 'Refused',
    message: 'the peer refused the length of a message',
  });
  assert.equal(server.connections, 3);
  assert.equal(generationMemory.recall({ host: serverIp, port: server.port }), undefined);
  await server.deserted();
});

test('a connection that the server refused but left open is closed', async () => {
  const leaveOpen = (socket: Duplex, connection: number, moment: string) => {
    if (connection > 1 || moment !== 'exchanged') return undefined;
    socket.write('0');
    return new Promise<void>(() => undefined);
  };
  await using server = await OldServer.start({ rsa, generation: 2, interfere: leaveOpen });
  await using client = new ClientInterface({ serverIp, serverListenPort: server.port, rsaWrapper });
  await client.sendRequest('CREATE');
  assert.equal((await client.recvResponse()).success, true);
  client.closeConnection();
  await server.deserted();
});

test('what was found out is remembered before the response is there', async () => {
  await using server = await OldServer.start({ rsa, generation: 1 });
  const generationMemory = memoryOf(server.port);
  await using client = new ClientInterface({ serverIp, serverListenPort: server.port, rsaWrapper, generationMemory });
  await client.sendRequest('CREATE');
  assert.equal(generationMemory.recall({ host: serverIp, port: server.port }), 1);
});

test('a generation that was asked for is the only one tried, and is not remembered', async () => {
  await using server = await OldServer.start({ rsa, generation: 1, reaction: 'refusal' });
  const generationMemory = memoryOf(server.port, 1);
  await assert.rejects(create(server.port, { generation: 3, generationMemory }), { code: 'Refused' });
  await assert.rejects(create(server.port, { generation: 2, generationMemory }), { code: 'Closed' });
  assert.equal(server.connections, 2);
  server.options = { rsa, generation: 2 };
  assert.deepEqual(await create(server.port, { generation: 2, generationMemory }), { response: OK, generation: 2 });
  assert.equal(generationMemory.recall({ host: serverIp, port: server.port }), 1);
});

test('a connection that ends after the request is not tried again', async () => {
  const { promise: gone, resolve } = Promise.withResolvers<void>();
  await using server = await OldServer.start({ rsa, generation: 3 });
  server.requests.push = (...requests) => {
    resolve();
    throw new Error(`a crash while ${requests[0]?.verb} is handled`);
  };
  await assert.rejects(create(server.port, { generationMemory: memoryOf(server.port, 3) }), { code: 'Closed' });
  await gone;
  assert.equal(server.connections, 1);
});

test('the question about the generation carries the access token, and keeps to the order and the server of connectServer', async () => {
  await using server = await OldServer.start({ rsa, generation: 1, speaksFirst: true });
  const accessToken = 'a'.repeat(124);
  await using client = new ClientInterface({ rsaWrapper, accessToken, generationMemory: memoryOf(server.port) });
  await client.connectServer({ host: serverIp, port: server.port, receiveFirst: true });
  await client.sendRequest('CREATE');
  assert.equal((await client.recvResponse()).success, true);
  assert.deepEqual(server.requests.at(-1), { verb: 'CREATE', parameters: { access_token: accessToken } });

  await using second = await OldServer.start({ rsa, generation: 2 });
  await using own = new ClientInterface({ serverIp, serverListenPort: second.port, rsaWrapper });
  await own.sendRequest('CREATE', { access_token: 'b'.repeat(124) });
  await own.recvResponse();
  assert.deepEqual(
    second.requests,
    ['STAT', 'CREATE'].map((verb) => ({ verb, parameters: { access_token: 'b'.repeat(124) } })),
  );
});

for (const silentFrom of [2, 3]) {
  test(`finding out the generation stays within the time for sending a request, silent from connection ${silentFrom} on`, async () => {
    const silent = Promise.withResolvers<void>();
    await using server = await OldServer.start({
      rsa,
      generation: 1,
      reaction: 'close',
      interfere: (_, connection, moment) => {
        if (connection < silentFrom || moment !== 'exchanged') return undefined;
        silent.resolve();
        return new Promise(() => undefined);
      },
    });
    const clock = new FakeClock();
    const client = new ClientInterface({
      serverIp,
      serverListenPort: server.port,
      rsaWrapper,
      clock,
      timeout: 7,
      generationMemory: memoryOf(server.port),
    });
    const sending = assert.rejects(client.sendRequest('CREATE'), {
      code: 'TimedOut',
      message: /took longer than 7 s$/,
    });
    await silent.promise;
    await clock.advance(7_000);
    await sending;
    assert.deepEqual([clock.pending, client.isClosed(), server.requests], [0, true, []]);
  });
}

test('an abort while the generation is found out ends it', async () => {
  const probed = Promise.withResolvers<void>();
  await using server = await OldServer.start({
    rsa,
    generation: 2,
    interfere: (_, connection, moment) => {
      if (connection < 2 || moment !== 'exchanged') return undefined;
      probed.resolve();
      return new Promise(() => undefined);
    },
  });
  const stop = new AbortController();
  const client = new ClientInterface({
    serverIp,
    serverListenPort: server.port,
    rsaWrapper,
    generationMemory: memoryOf(server.port),
  });
  const sending = assert.rejects(client.sendRequest('CREATE', {}, stop.signal), { message: 'enough' });
  await probed.promise;
  stop.abort(new Error('enough'));
  await sending;
  assert.equal(client.isClosed(), true);
});

test('a message whose body has left counts as sent, whatever becomes of the connection', async () => {
  const stream = new Duplex({ read: () => undefined, write: (_chunk, _encoding, done) => done(new Error('broken')) });
  const channel = new RequestChannel(stream);
  const closed = new RuntimeError('Closed', 'the peer closed the connection');
  assert.equal(channel.isHeaderRefusal(closed), true);
  assert.equal(channel.isHeaderRefusal(new RuntimeError('TimedOut', 'too long')), false);
  assert.equal(channel.isHeaderRefusal(new Error('enough')), false);
  await assert.rejects(channel.write('body'), { code: 'Closed' });
  assert.equal(channel.isHeaderRefusal(closed), false);
});

test('the memory keeps servers apart, takes host names in any case, and is bounded', () => {
  const memory = new BoundedGenerationMemory(2);
  memory.remember({ host: 'One.example', port: 1 }, 1);
  memory.remember({ host: 'one.example', port: 2 }, 2);
  assert.equal(memory.recall({ host: 'one.EXAMPLE', port: 1 }), 1);
  memory.remember({ host: 'two.example', port: 1 }, 3);
  assert.equal(memory.recall({ host: 'one.example', port: 2 }), undefined);
  memory.forget({ host: 'two.example', port: 1 });
  assert.equal(memory.recall({ host: 'two.example', port: 1 }), undefined);
  assert.equal(memory.recall({ host: 'one.example', port: 1 }), 1);
});
