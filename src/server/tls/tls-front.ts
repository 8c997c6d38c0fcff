import type { Socket } from 'node:net';
import { type SecureContext, TLSSocket } from 'node:tls';
import type { Clock } from '../../runtime/clock.ts';
import { DEFAULT_CLIENT_TIMEOUT } from '../../wire/constants.ts';
import { RuntimeError } from '../../wire/errors.ts';

export interface TlsFrontOptions {
  /** Asked once for each connection. What it gives decides on the versions of TLS. */
  credentials: { readonly current: SecureContext };
  /** The only application protocol (RFC 7301). A client that names others is refused, one that names none is served. */
  alpn: string;
  clock: Clock;
  /** Default 10,000. */
  handshakeTimeoutMs?: number | undefined;
}

/**
 * The server's side of TLS on connections that somebody else has accepted. It is not a `tls.Server`: that one gives its
 * certificate out only through a copy of its own, and does not tell which of the connections handed to it has failed.
 */
export class TlsFront {
  readonly #options: TlsFrontOptions;

  constructor(options: TlsFrontOptions) {
    this.#options = options;
  }

  /**
   * @param socket paused; bytes that were read ahead and put back with `unshift` are read first. It belongs to the TLS
   *   connection from here on: either goes when the other does.
   * @throws `RuntimeError` `TlsFailed`; the socket is destroyed then
   */
  async secure(socket: Socket): Promise<TLSSocket> {
    if (socket.destroyed) throw closedEarly();
    const { credentials, alpn, clock, handshakeTimeoutMs = DEFAULT_CLIENT_TIMEOUT * 1000 } = this.#options;
    const secured = new TLSSocket(socket, {
      isServer: true,
      secureContext: credentials.current,
      ALPNProtocols: [alpn],
    });
    survive(secured);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const fail = (cause: Error): void => reject(tlsFailed(reasonOf(cause), { cause }));
    const end = (): void => reject(closedEarly());
    const cancel = clock.after(handshakeTimeoutMs, () =>
      reject(tlsFailed(`it took longer than ${handshakeTimeoutMs / 1000} s`)),
    );
    secured.on('secure', resolve).on('error', fail).on('end', end).on('close', end);
    try {
      await promise;
      return secured;
    } catch (error) {
      secured.destroy();
      throw error;
    } finally {
      cancel();
      secured.off('secure', resolve).off('error', fail).off('end', end).off('close', end);
    }
  }
}

/**
 * Nothing that the peer does is thrown, and a record that can't be decrypted closes the connection: outside a
 * `tls.Server` Node tells of such a record by `_tlsError` alone, and leaves the connection open.
 */
function survive(secured: TLSSocket): void {
  secured.on('error', () => undefined).on('_tlsError', (error: Error) => secured.destroy(error));
}

/** OpenSSL's or the system's word for it. */
function reasonOf(error: Error): string {
  if ('reason' in error && typeof error.reason === 'string') return error.reason;
  return 'code' in error ? String(error.code) : error.name;
}

function closedEarly(): RuntimeError {
  return tlsFailed('the peer closed the connection');
}

function tlsFailed(reason: string, options?: ErrorOptions): RuntimeError {
  return new RuntimeError('TlsFailed', `no TLS connection with the peer: ${reason}`, options);
}
