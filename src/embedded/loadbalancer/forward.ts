import { connect, type Socket } from 'node:net';
import { pipeline } from 'node:stream';
import type { HostAddress } from '../node/host-address.ts';

const CONNECT_TIMEOUT_MS = 5_000;

/**
 * Joins a client's connection to a backend, both ways, each end closed when the other one is; a side that has finished
 * sending may still receive. There is no idle timeout: an SSH session may be silent for hours.
 */
export function forward(client: Socket, to: HostAddress): void {
  const backend = connect({ ...to, allowHalfOpen: true, noDelay: true });
  client.setNoDelay(true);
  const giveUp = setTimeout(() => backend.destroy(new Error('the backend did not answer')), CONNECT_TIMEOUT_MS);
  backend.once('close', () => clearTimeout(giveUp));
  // A connection that breaks must not look like one that was closed: the other end is told by a reset.
  client.on('error', () => backend.resetAndDestroy());
  backend.on('error', () => client.resetAndDestroy());
  client.once('close', () => {
    if (backend.connecting) backend.destroy();
  });
  backend.once('connect', () => {
    clearTimeout(giveUp);
    join(client, backend);
    join(backend, client);
  });
}

/** Backpressure and half-close come from the pipeline. */
function join(from: Socket, to: Socket): void {
  pipeline(from, to, (error) => {
    if (error) to.resetAndDestroy();
  });
}
