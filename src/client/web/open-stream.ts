import { isIP, type Socket } from 'node:net';
import { connect, type TLSSocket } from 'node:tls';
import { RuntimeError } from '../../wire/errors.ts';
import { publicKeyDigest } from '../../wire/public-key-digest.ts';
import { dial, type ServerAddress } from '../dial.ts';
import { chainFault, handshakeFault } from '../tls/faults.ts';
import { assertPinned, formatPin } from '../tls/pins.ts';
import type { TlsExpectations } from '../tls/secure.ts';

/** What is expected of the server's certificate. */
export type WebTls = Pick<TlsExpectations, 'ca' | 'pins' | 'verify'>;

const ALPN_PROTOCOL = 'http/1.1';

/**
 * A connection for HTTP, with TLS 1.2 or later when `tls` is given; the server has shown who it is then.
 * @throws `RuntimeError` `ConnectFailed`, `PinMismatch`, `Untrusted`; the signal's reason when it aborts
 */
export async function openStream(server: ServerAddress, tls: WebTls | undefined, signal: AbortSignal): Promise<Socket> {
  const socket = await dial(server, signal);
  // Whoever reads or writes hears of it.
  socket.on('error', () => undefined);
  if (!tls) return socket;
  const { host } = server;
  const secured = connect({
    socket,
    host,
    ...(!isIP(host) && { servername: host }),
    ...(tls.ca !== undefined && { ca: tls.ca }),
    ALPNProtocols: [ALPN_PROTOCOL],
    // What is wrong with chain and name is in `authorizationError`.
    rejectUnauthorized: false,
  });
  secured.on('error', () => undefined);
  try {
    await shakeHands(secured, signal);
    assertTrusted(secured, host, tls);
    return secured;
  } catch (error) {
    secured.destroy();
    throw error;
  }
}

async function shakeHands(secured: TLSSocket, signal: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const fail = (cause: Error) => reject(connectFailed(handshakeFault(cause), { cause }));
  const close = () => reject(connectFailed('the server closed the connection'));
  const abort = () => reject(signal.reason);
  signal.addEventListener('abort', abort, { once: true });
  secured.on('secureConnect', resolve).on('error', fail).on('close', close);
  try {
    signal.throwIfAborted();
    await promise;
  } finally {
    signal.removeEventListener('abort', abort);
    secured.off('secureConnect', resolve).off('error', fail).off('close', close);
  }
}

/** With pins, one has to fit, and neither chain nor name counts. */
function assertTrusted(secured: TLSSocket, host: string, { pins = [], verify = true }: WebTls): void {
  const certificate = secured.getPeerX509Certificate();
  if (!certificate) throw connectFailed('the server closed the connection');
  const digest = publicKeyDigest(certificate.publicKey);
  if (pins.length > 0) assertPinned(digest, pins, 'TLS certificate');
  if (pins.length > 0 || !verify || secured.authorized) return;
  const fault = chainFault(String(secured.authorizationError), host);
  const remedy = `pin its fingerprint if ${formatPin(digest)} is the right one, or give the CA that issued it`;
  throw new RuntimeError('Untrusted', `the server's TLS certificate is not trusted: ${fault}; ${remedy}`);
}

function connectFailed(reason: string, options?: ErrorOptions): RuntimeError {
  return new RuntimeError('ConnectFailed', `no TLS connection with the server: ${reason}`, options);
}
