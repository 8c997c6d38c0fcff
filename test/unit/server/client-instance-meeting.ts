import { connect, createServer, type Socket } from 'node:net';
import type { TestContext } from 'node:test';
import { ClientInstance } from '../../../src/server/client-instance.ts';
import type { ClientInstanceOptions } from '../../../src/server/client-instance-options.ts';
import { ByteChannel } from '../../../src/wire/byte-channel.ts';
import { serverRsa } from './server-under-test.ts';

/** A client as bytes, and the instance that the server side makes of it. */
export async function meetRaw(
  t: TestContext,
  options: Partial<ClientInstanceOptions> = {},
): Promise<{ instance: ClientInstance; channel: ByteChannel; socket: Socket }> {
  const accepted = Promise.withResolvers<Socket>();
  const listener = createServer({ noDelay: true }, accepted.resolve);
  await new Promise<void>((resolve) => listener.listen(0, '127.0.0.1', resolve));
  const address = listener.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  const serverSide = await accepted.promise;
  t.after(async () => {
    socket.destroy();
    serverSide.destroy();
    await new Promise((resolve) => listener.close(resolve));
  });
  const instance = new ClientInstance({ socket: serverSide, rsaWrapper: serverRsa, ...options });
  return { instance, channel: new ByteChannel(socket), socket };
}
