import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { ClientInterface } from '../../../src/client/client-interface.ts';
import type { ClientInterfaceOptions } from '../../../src/client/client-options.ts';
import { AESWrapper } from '../../../src/wire/aes-wrapper.ts';
import { ByteChannel } from '../../../src/wire/byte-channel.ts';
import { receivePublicKey, receiveSessionKey, sendPublicKey, sendSessionKey } from '../../../src/wire/key-exchange.ts';
import { recordedSessions, wrapperOf } from '../../support/recorded-sessions.ts';

const { serverKey, clientKey } = recordedSessions(3);
export const serverRsa = await wrapperOf(serverKey);
export const clientRsa = await wrapperOf(clientKey);

/** A client of generation 3, and as bytes the server's side of its first connection, which is still to come. */
export async function meetServer(
  t: TestContext,
  options: ClientInterfaceOptions = {},
): Promise<{ client: ClientInterface; accepted: Promise<ByteChannel> }> {
  const connection = Promise.withResolvers<Socket>();
  const listener = createServer({ noDelay: true }, connection.resolve).listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  const serverListenPort = typeof address === 'object' && address ? address.port : 0;
  const server = { serverIp: '127.0.0.1', serverListenPort, generation: 3 } as const;
  const client = new ClientInterface({ ...server, rsaWrapper: clientRsa, ...options });
  t.after(() => {
    client.closeConnection();
    listener.close();
    void connection.promise.then((socket) => socket.destroy());
  });
  return { client, accepted: connection.promise.then((socket) => new ByteChannel(socket)) };
}

/** The server's part of the key exchange. @returns the key that the client proposed, and the one it was given */
export async function exchangeKeys(channel: ByteChannel): Promise<{ proposed: AESWrapper; given: AESWrapper }> {
  const peer = await receivePublicKey(channel);
  await sendPublicKey(channel, serverRsa);
  const proposed = await receiveSessionKey(channel, serverRsa);
  const given = AESWrapper.generate(randomBytes);
  await sendSessionKey(channel, given, peer);
  return { proposed, given };
}

/** Both once the keys are exchanged. */
export async function exchangedWithServer(
  t: TestContext,
  options: ClientInterfaceOptions = {},
): Promise<{ client: ClientInterface; channel: ByteChannel; proposed: AESWrapper; given: AESWrapper }> {
  const { client, accepted } = await meetServer(t, options);
  const connecting = client.connectServer();
  const channel = await accepted;
  const keys = await exchangeKeys(channel);
  await connecting;
  return { client, channel, ...keys };
}
