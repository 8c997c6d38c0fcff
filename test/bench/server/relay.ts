import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import type { Target } from './lean-client.ts';

/** A way to a server on which each byte takes its time, in both directions. @param delayMs one way */
export async function startRelay(to: Target, delayMs: number): Promise<AsyncDisposable & { target: Target }> {
  const sockets = new Set<Socket>();
  const server = createServer({ noDelay: true, allowHalfOpen: true }, (near) => {
    const far = connect({ ...to, noDelay: true, allowHalfOpen: true });
    carry(near, far, delayMs);
    carry(far, near, delayMs);
    for (const socket of [near, far]) sockets.add(socket.on('close', () => sockets.delete(socket)));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    target: { host: '127.0.0.1', port: (server.address() as AddressInfo).port },
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

function carry(from: Socket, to: Socket, delayMs: number): void {
  from
    .on('data', (bytes) => setTimeout(() => to.write(bytes), delayMs))
    .on('end', () => setTimeout(() => to.end(), delayMs))
    .on('error', () => to.destroy());
}
