import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, Socket } from 'node:net';
import { type TestContext, test } from 'node:test';
import { AESWrapper, ClientInstance, ClientInterface } from '../../../src/index.ts';
import type { Generation } from '../../../src/wire/generation.ts';
import { GENERATIONS } from '../../../src/wire/generations.ts';
import { jsonText } from '../../../src/wire/json-text.ts';
import { recordedSessions, wrapperOf } from '../../support/recorded-sessions.ts';

const { serverKey, clientKey } = recordedSessions(3);
const serverRsa = await wrapperOf(serverKey);
const clientRsa = await wrapperOf(clientKey);

/** The bytes of each write that a socket hands to the system, from here on. */
function recordWrites(t: TestContext): (socket: Socket | undefined) => number[] {
  const writes = new WeakMap<Socket, number[]>();
  const record = (socket: Socket, chunks: (string | Buffer)[]) => {
    const bytes = chunks.reduce((sum, chunk) => sum + Buffer.byteLength(chunk), 0);
    writes.set(socket, [...(writes.get(socket) ?? []), bytes]);
  };
  const prototype = Socket.prototype as Required<Pick<Socket, '_write' | '_writev'>>;
  const { _write, _writev } = prototype;
  t.mock.method(prototype, '_write', function (this: Socket, ...given: Parameters<typeof _write>) {
    record(this, [given[0]]);
    _write.apply(this, given);
  });
  t.mock.method(prototype, '_writev', function (this: Socket, ...given: Parameters<typeof _writev>) {
    record(
      this,
      given[0].map(({ chunk }) => chunk),
    );
    _writev.apply(this, given);
  });
  return (socket) => (socket && writes.get(socket)) ?? [];
}

/** Where each of these ends, counted from the start. */
function ends(lengths: number[]): number[] {
  let at = 0;
  return lengths.map((length) => {
    at += length;
    return at;
  });
}

/** Released peers read each frame once and do not wait for the rest of it. */
function assertWhole(writes: number[], frames: number[]): void {
  const frameEnds = ends(frames);
  const writeEnds = ends(writes);
  assert.deepEqual(
    writeEnds.filter((end) => !frameEnds.includes(end)),
    [],
    `writes of ${writes.join(', ')} bytes for frames of ${frames.join(', ')}`,
  );
  assert.equal(writeEnds.at(-1), frameEnds.at(-1));
}

/** The frames of the key exchange, in bytes: of whoever begins it, and of the other. Both keys have the same length. */
const KEY = [8, serverRsa.publicKeyPem.length];
const BLOCK = serverRsa.blockBytes;
const FIRST = [...KEY, 1, 1, BLOCK, 1];
const SECOND = [1, 1, ...KEY, 1, BLOCK];

const REQUEST = { verb: 'STAT', parameters: { why: 'to see' } };
const RESPONSE = { success: true, message: 'OK', data: {} };

/** The frames of a message, in bytes. */
function frames({ headerBytes, sealBody }: Generation, message: object): number[] {
  const { body } = sealBody(Buffer.from(jsonText(message)), AESWrapper.generate(randomBytes), randomBytes);
  return [headerBytes, body.length];
}

for (const generation of Object.values(GENERATIONS)) {
  for (const receiveFirst of [false, true]) {
    const order = receiveFirst ? 'server' : 'client';
    test(`no frame of a session of generation ${generation.number} is split over two writes, the ${order} speaking first`, async (t) => {
      const writesOf = recordWrites(t);
      const accepted = Promise.withResolvers<Socket>();
      const listener = createServer({ noDelay: true }, accepted.resolve).listen(0, '127.0.0.1');
      t.after(() => listener.close());
      await once(listener, 'listening');
      const address = listener.address();
      const serverListenPort = typeof address === 'object' && address ? address.port : 0;
      const options = { serverIp: '127.0.0.1', serverListenPort, generation: generation.number };
      await using client = new ClientInterface({ ...options, rsaWrapper: clientRsa });
      const connecting = client.connectServer({ receiveFirst });
      const socket = await accepted.promise;
      using instance = new ClientInstance({ socket, rsaWrapper: serverRsa });
      await Promise.all([connecting, instance.exchangeKeys({ receiveFirst: !receiveFirst })]);
      await Promise.all([client.sendRequest(REQUEST.verb, REQUEST.parameters), instance.recvRequest()]);
      await Promise.all([instance.sendResponse(RESPONSE), client.recvResponse()]);

      const [ofClient, ofServer] = receiveFirst ? [SECOND, FIRST] : [FIRST, SECOND];
      assertWhole(writesOf(client.getSocketDescriptor()), [...ofClient, ...frames(generation, REQUEST), 1]);
      assertWhole(writesOf(socket), [...ofServer, 1, ...frames(generation, RESPONSE)]);
    });
  }
}
