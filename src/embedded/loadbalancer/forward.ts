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
  // Errors end both ends; the pipelines see to that, and nobody else has to know.
  client.on('error', () => undefined);
  backend.on('error', () => client.destroy());
  client.once('close', () => {
    if (backend.connecting) backend.destroy();
  });
  backend.once('connect', () => {
    clearTimeout(giveUp);
    join(client, backend);
    join(backend, client);
  });
}

/** Backpressure and half-close come from the pipeline; a side that breaks takes the other one with it. */
function join(from: Socket, to: Socket): void {
  pipeline(from, to, (error) => {
    if (error) {
      from.destroy();
      to.destroy();
    }
  });
}
