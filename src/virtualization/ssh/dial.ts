import { connect, type Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { VirtualizationError } from '../errors.ts';

/**
 * How long one attempt may wait for the banner. Short, because a machine that is still booting may swallow the first
 * packets without refusing, and a fresh attempt is answered sooner than a retransmission.
 */
const ATTEMPT_MS = 1_000;
const PAUSE_MS = 100;

/**
 * Dials until an SSH server answers: refused, silent and broken connections mean that it is not up yet. The banner is put
 * back, so the socket reads as if nothing had been read from it.
 * @throws `VirtualizationError` `StartTimeout` when the signal aborts first
 */
export async function dialUntilBanner(address: string, port: number, signal: AbortSignal): Promise<Socket> {
  while (true) {
    const socket = await attempt(address, port, signal);
    if (socket) return socket;
    await sleep(PAUSE_MS, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) {
      throw new VirtualizationError('StartTimeout', 'the container did not answer on its SSH port in time', {
        cause: signal.reason,
      });
    }
  }
}

/** One connection; undefined when no banner came. Never rejects. */
function attempt(address: string, port: number, signal: AbortSignal): Promise<Socket | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port, noDelay: true });
    const finish = (result: Socket | undefined) => {
      clearTimeout(timer);
      signal.removeEventListener('abort', fail);
      socket.off('readable', onReadable).off('error', fail).off('close', fail);
      // A socket that is given up may still report an error; nobody is interested.
      if (!result) socket.on('error', () => undefined).destroy();
      resolve(result);
    };
    const fail = () => finish(undefined);
    const onReadable = () => {
      const banner: Buffer | null = socket.read();
      if (!banner) return;
      socket.unshift(banner);
      finish(socket);
    };
    const timer = setTimeout(fail, ATTEMPT_MS);
    signal.addEventListener('abort', fail, { once: true });
    socket.on('readable', onReadable).on('error', fail).on('close', fail);
    if (signal.aborted) fail();
  });
}
