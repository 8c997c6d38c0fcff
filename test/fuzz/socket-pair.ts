import type { Socket } from 'node:net';
import { type Duplex, duplexPair } from 'node:stream';

/** A connection without a network: what the server has of it, and the client's end. */
export interface SocketPair {
  server: Socket;
  client: Duplex;
}

/** Ends and half-ends as TCP's do, where the server does not ask for connections that are half open. */
export function socketPair(remoteAddress: string): SocketPair {
  const [near, far] = duplexPair();
  near.allowHalfOpen = false;
  far.on('error', () => undefined);
  return { server: Object.assign(near, { remoteAddress }) as unknown as Socket, client: far };
}
