import { isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect, type TLSSocket } from 'node:tls';
import { ALPN_PROTOCOL } from '../../wire/constants.ts';
import { RuntimeError } from '../../wire/errors.ts';
import { publicKeyDigest } from '../../wire/public-key-digest.ts';
import { chainFault, handshakeFault } from './faults.ts';
import { assertPinned, formatPin } from './pins.ts';

export interface TlsExpectations {
  /** The server's name or address, as it was dialled. */
  host: string;
  /** The name that the certificate has to be for, when that is another one. */
  servername?: string | undefined;
  /** Authorities in PEM. Default: those that Node comes with. */
  ca?: string | string[] | undefined;
  /** As `parsePin` gives them. With any, one has to fit, and neither the chain nor the name is looked at. */
  pins?: string[] | undefined;
  /** False takes any certificate. Default true. */
  verify?: boolean | undefined;
  /** What is to be spoken inside. Default: the protocol of Anweddol, over TLS 1.3 or later; HTTP over 1.2 or later. */
  application?: 'anweddol' | 'http' | undefined;
}

export interface SecuredSocket {
  socket: TLSSocket;
  /** SHA-256 of the SubjectPublicKeyInfo of the server's certificate, 64 lower-case hex digits. */
  publicKeySha256: string;
  /** Why nobody vouches for the certificate; absent when a known authority does. */
  fault?: string;
}

const APPLICATIONS = {
  anweddol: { ALPNProtocols: [ALPN_PROTOCOL], minVersion: 'TLSv1.3' },
  http: { ALPNProtocols: ['http/1.1'], minVersion: 'TLSv1.2' },
} as const;

/**
 * The client's side of TLS over a connection, which belongs to the TLS connection from here on and is
 * destroyed on failure. A server that picks no application protocol is taken: it may be a TLS tunnel before an old one.
 * @throws `RuntimeError` `PinMismatch`, `Untrusted`, `ConnectFailed`; the signal's reason when it aborts
 */
export async function secureSocket(
  socket: Socket,
  expectations: TlsExpectations,
  signal: AbortSignal,
): Promise<SecuredSocket> {
  try {
    signal.throwIfAborted();
    const secured = await shakeHands(socket, connectOptions(expectations), signal);
    return { socket: secured, ...shownKey(secured, expectations) };
  } catch (error) {
    socket.destroy();
    throw error;
  }
}

function connectOptions({ host, servername = host, ca, application = 'anweddol' }: TlsExpectations): ConnectionOptions {
  const { ALPNProtocols, minVersion } = APPLICATIONS[application];
  return {
    host: servername,
    ...(!isIP(servername) && { servername }),
    ...(ca !== undefined && { ca }),
    ALPNProtocols: [...ALPNProtocols],
    minVersion,
    // The chain and the name are looked at all the same: what is wrong with them is in `authorizationError`.
    rejectUnauthorized: false,
  };
}

async function shakeHands(socket: Socket, options: ConnectionOptions, signal: AbortSignal): Promise<TLSSocket> {
  if (socket.destroyed) throw brokenOff('the connection is closed');
  const secured = connect({ ...options, socket });
  // What happens between here and the first use must not be thrown.
  secured.on('error', () => undefined);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const fail = (cause: Error): void => reject(brokenOff(handshakeFault(cause), { cause }));
  const close = (): void => reject(brokenOff('the server closed the connection'));
  const abort = (): void => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  secured.on('secureConnect', resolve).on('error', fail).on('close', close);
  try {
    await promise;
    return secured;
  } finally {
    signal.removeEventListener('abort', abort);
    secured.off('secureConnect', resolve).off('error', fail).off('close', close);
  }
}

function shownKey(
  secured: TLSSocket,
  { host, servername = host, pins = [], verify = true }: TlsExpectations,
): Omit<SecuredSocket, 'socket'> {
  const certificate = secured.getPeerX509Certificate();
  if (!certificate) throw brokenOff('the server closed the connection');
  const publicKeySha256 = publicKeyDigest(certificate.publicKey);
  if (pins.length > 0) assertPinned(publicKeySha256, pins, 'TLS certificate');
  if (secured.authorized) return { publicKeySha256 };
  const fault = chainFault(String(secured.authorizationError), servername);
  if (pins.length > 0 || !verify) return { publicKeySha256, fault };
  const remedy = `pin its fingerprint if ${formatPin(publicKeySha256)} is the right one, or give the CA that issued it`;
  throw new RuntimeError('Untrusted', `the server's TLS certificate is not trusted: ${fault}; ${remedy}`);
}

function brokenOff(reason: string, options?: ErrorOptions): RuntimeError {
  return new RuntimeError('ConnectFailed', `no TLS connection with the server: ${reason}`, options);
}
