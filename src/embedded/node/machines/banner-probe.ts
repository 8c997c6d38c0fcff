import { connect } from 'node:net';
import type { HostAddress } from '../host-address.ts';

/**
 * A TCP probe of a guest's port. QEMU's user-mode network accepts a connection before the guest has been asked, so a
 * connection alone says nothing: the port counts as open with the first byte that the guest sends. Unlike a kubelet's probe,
 * this one therefore holds only for servers that speak first, as SSH servers do.
 * @returns what was wrong, or undefined when the guest spoke; never rejects
 */
export function bannerProbe({ host, port }: HostAddress, signal: AbortSignal): Promise<string | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host, port });
    const finish = (problem: string | undefined) => {
      signal.removeEventListener('abort', onAbort);
      socket.destroy();
      resolve(problem);
    };
    const onAbort = () => finish('the guest did not answer in time');
    socket.once('data', () => finish(undefined));
    socket.once('error', (error) => finish(error.message));
    socket.once('end', () => finish('the guest closed the connection'));
    signal.addEventListener('abort', onAbort, { once: true });
    if (signal.aborted) onAbort();
  });
}
