import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { createSecureContext } from 'node:tls';
import { ClientInterface } from '../../../src/client/client-interface.ts';
import { ok } from '../../../src/server/answer.ts';
import type { ServerInterface } from '../../../src/server/server-interface.ts';
import { ByteChannel } from '../../../src/wire/byte-channel.ts';
import type { GenerationNumber } from '../../../src/wire/generation.ts';
import { createdContainer, type Response } from '../../../src/wire/response.ts';
import { RSAWrapper } from '../../../src/wire/rsa-wrapper.ts';
import { MemoryContainerBackend } from '../../support/memory-container-backend.ts';
import { ask, dialLoopback, exchangeKeys, exchangeKeysSecond } from '../../support/raw-client.ts';
import { newAuthority } from '../../support/test-certificates.ts';
import { startTestServer } from '../../support/test-server.ts';

const [rsaWrapper, clientRsa] = await Promise.all([
  RSAWrapper.generate({ bits: 2048 }),
  RSAWrapper.generate({ bits: 2048 }),
]);
const authority = newAuthority('differential');
const tls = { current: createSecureContext({ ...authority.issue('server'), minVersion: 'TLSv1.3' }) };
const backend = new MemoryContainerBackend({ slots: 40 });

interface Way {
  generation: GenerationNumber;
  receiveFirst: boolean;
  tls: boolean;
}

async function start(speakFirstAfter: number): Promise<ServerInterface> {
  const server = await startTestServer({ rsaWrapper, backend, tls, speakFirstAfter });
  server.setRequestHandler('ECHO', ({ request }) => ok({ parameters: request.parameters }));
  return server;
}

const listening = await start(0);
// Of its clients none is to be spoken to before its TLS is there, however busy the machine is.
const speakingLate = await start(0.5);
// Its clients say nothing before it does.
const speakingSoon = await start(0.02);
const SERVERS = [listening, speakingLate, speakingSoon];
after(async () => {
  await Promise.all(SERVERS.map((server) => server.stopServer()));
  await backend[Symbol.asyncDispose]();
});

function portFor({ receiveFirst, tls }: Way): number {
  if (!receiveFirst) return listening.getListenPort();
  return (tls ? speakingLate : speakingSoon).getListenPort();
}

const UUID = '123e4567-e89b-42d3-a456-426614174000';
const PARAMETERS = { text: 'é\n"\u2028😀', list: [1, -0.5, null, [{}]], long: 'x'.repeat(5_000) };

const WAYS: Way[] = ([1, 2, 3] as const).flatMap((generation) =>
  [false, true].flatMap((receiveFirst) => [false, true].map((tls) => ({ generation, receiveFirst, tls }))),
);

type Asking = (verb: string, parameters?: Record<string, unknown>) => Promise<Response>;

function clientOf(way: Way): Asking {
  const { generation, receiveFirst, tls } = way;
  return async (verb, parameters) => {
    await using client = new ClientInterface({
      serverIp: '127.0.0.1',
      serverListenPort: portFor(way),
      rsaWrapper: clientRsa,
      generation,
      tls: tls && { ca: authority.cert },
    });
    await client.connectServer({ receiveFirst });
    await client.sendRequest(verb, parameters);
    return await client.recvResponse();
  };
}

/** A client of other parts, for what the two might have wrong in common with each other alone. */
function rawClientOf(way: Way): Asking {
  const { generation, receiveFirst } = way;
  return async (verb, parameters = {}) => {
    const channel = new ByteChannel(await dialLoopback(portFor(way)));
    const session = await (receiveFirst ? exchangeKeysSecond : exchangeKeys)(channel, clientRsa, generation);
    const response = (await ask(channel, session, { verb, parameters })) as Response;
    channel.end();
    return response;
  };
}

const CLIENTS: [name: string, asking: Asking][] = [
  ...WAYS.map((way): [string, Asking] => [
    `a client of generation ${way.generation}${way.receiveFirst ? ' that waits to be spoken to' : ''}${way.tls ? ', over TLS' : ''}`,
    clientOf(way),
  ]),
  ...WAYS.filter(({ tls }) => !tls).map((way): [string, Asking] => [
    `a plain client of generation ${way.generation}${way.receiveFirst ? ' that waits to be spoken to' : ''}`,
    rawClientOf(way),
  ]),
];

for (const [name, asking] of CLIENTS) {
  test(`${name} gets what every other gets`, async () => {
    const [{ data, ...stat }, echoed, refused, unknown] = await Promise.all([
      asking('STAT'),
      asking('ECHO', PARAMETERS),
      asking('DESTROY', { container_uuid: UUID, client_token: 'x'.repeat(255) }),
      asking('DANCE'),
    ]);
    assert.deepEqual(stat, { success: true, message: 'OK' });
    assert.deepEqual(Object.keys(data), ['version', 'uptime', 'available']);
    assert.deepEqual(echoed, {
      success: true,
      message: 'OK',
      data: { parameters: PARAMETERS },
    });
    assert.deepEqual(refused, {
      success: false,
      message: 'Bad authentication',
      data: {},
    });
    assert.deepEqual(unknown, {
      success: false,
      message: 'Bad request (reason : Unhandled verb)',
      data: {},
    });
  });

  test(`${name} creates a container, and destroys it with its token alone`, async () => {
    const { container_uuid, client_token } = createdContainer((await asking('CREATE')).data);
    assert.ok(backend.containers.has(container_uuid));
    const wrong = `${client_token.slice(1)}${client_token.startsWith('a') ? 'b' : 'a'}`;
    assert.equal((await asking('DESTROY', { container_uuid, client_token: wrong })).message, 'Bad authentication');
    assert.ok(backend.containers.has(container_uuid));
    assert.equal((await asking('DESTROY', { container_uuid, client_token })).message, 'OK');
    assert.equal(backend.containers.has(container_uuid), false);
  });
}

test('no server had anything to say against itself', () => {
  for (const server of SERVERS) assert.equal(server.getRuntimeStatistics()[1], 0);
  assert.equal(backend.containers.size, 0);
});
