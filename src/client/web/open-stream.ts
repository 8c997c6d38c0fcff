import type { Socket } from 'node:net';
import { dial, type ServerAddress } from '../dial.ts';
import { secureSocket, type TlsExpectations } from '../tls/secure.ts';

/** What is expected of the server's certificate. */
export type WebTls = Pick<TlsExpectations, 'ca' | 'pins' | 'verify'>;

/**
 * A connection for HTTP, with TLS when `tls` is given; the server has shown who it is then.
 * @throws `RuntimeError` `ConnectFailed`, `PinMismatch`, `Untrusted`; the signal's reason when it aborts
 */
export async function openStream(server: ServerAddress, tls: WebTls | undefined, signal: AbortSignal): Promise<Socket> {
  const socket = await dial(server, signal);
  // Whoever reads or writes hears of it.
  socket.on('error', () => undefined);
  if (!tls) return socket;
  return (await secureSocket(socket, { ...tls, host: server.host, application: 'http' }, signal)).socket;
}
