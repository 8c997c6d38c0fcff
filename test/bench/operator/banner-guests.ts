import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import type { Hollow } from '../../../src/embedded/node/machines/hollow.ts';

const SSH_PORT = 22;

/** Played machines whose guests say what an SSH server says first, and nothing more. */
export function bannerGuests(): Hollow {
  return {
    async boot({ listenAt }) {
      const server = createServer((socket: Socket) => socket.on('error', () => undefined).end('SSH-2.0-played\r\n'));
      server.listen(listenAt(SSH_PORT));
      await once(server, 'listening');
      return { [Symbol.asyncDispose]: async () => void server.close() };
    },
  };
}
