import type { Socket } from 'node:net';
import { plainAddress } from '../client-address.ts';

const nothing = (): void => {};

/** An accepted connection, from before anything is known of it. */
export class Connection {
  readonly socket: Socket;
  /** On `clock.elapsed()`. */
  readonly connectedAt: number;
  /** Of the client: what the socket says, until a proxy in front has said better. */
  address: string;
  /** Counts it out of its source's connections. */
  leaveSource: () => void = nothing;

  constructor(socket: Socket, connectedAt: number) {
    this.socket = socket;
    this.connectedAt = connectedAt;
    this.address = plainAddress(socket.remoteAddress ?? '');
    // Whoever reads from it hears of its end; until somebody does, an error must not end the process.
    socket.on('error', nothing);
  }
}
