import { connect } from 'node:net';
import type { Target } from './lean-client.ts';

/** Whether somebody accepts a connection there; it is ended at once. */
export function isTaken({ host, port }: Target): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, host);
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    socket.once('connect', () => socket.destroy());
  });
}
