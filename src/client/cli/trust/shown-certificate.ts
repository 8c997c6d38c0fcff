import { once } from 'node:events';
import { isIP } from 'node:net';
import { connect } from 'node:tls';
import { RuntimeError } from '../../../wire/errors.ts';
import { publicKeyDigest } from '../../../wire/public-key-digest.ts';
import { dial, type ServerAddress } from '../../dial.ts';
import { chainFault, handshakeFault } from '../../tls/faults.ts';

export interface TlsNames {
  /** The name that the certificate has to be for. Default: the host. */
  servername?: string | undefined;
  /** Authorities in PEM. Default: those that Node comes with. */
  ca?: string | undefined;
}

export const SELF_SIGNED = 'self-signed';

interface ShownCertificate {
  /** Of the public key's SubjectPublicKeyInfo, 64 lower-case hex digits. */
  publicKeySha256: string;
  /** Why nobody vouches for it; absent when a known authority does. */
  fault?: string;
}

/**
 * Looks at the certificate of a server on a connection that is closed then, with nothing sent but TLS itself.
 * @param alpn the application protocol to ask for
 * @throws `RuntimeError` `ConnectFailed`; the signal's reason
 */
export async function shownCertificate(
  server: ServerAddress,
  { servername = server.host, ca }: TlsNames,
  alpn: string,
  signal: AbortSignal,
): Promise<ShownCertificate> {
  const socket = connect({
    socket: await dial(server, signal),
    host: servername,
    ...(!isIP(servername) && { servername }),
    ...(ca !== undefined && { ca }),
    ALPNProtocols: [alpn],
    // Whoever asks decides what a fault means.
    rejectUnauthorized: false,
  });
  try {
    await Promise.race([once(socket, 'secureConnect', { signal }), once(socket, 'close', { signal })]);
    const certificate = socket.getPeerX509Certificate();
    if (!certificate) throw failed('the server closed the connection');
    const publicKeySha256 = publicKeyDigest(certificate.publicKey);
    if (socket.authorized) return { publicKeySha256 };
    return { publicKeySha256, fault: faultName(String(socket.authorizationError), servername) };
  } catch (cause) {
    signal.throwIfAborted();
    if (cause instanceof RuntimeError || !(cause instanceof Error)) throw cause;
    throw failed(handshakeFault(cause), { cause });
  } finally {
    socket.on('error', () => undefined).destroy();
  }
}

function faultName(code: string, name: string): string {
  return code === 'DEPTH_ZERO_SELF_SIGNED_CERT' ? SELF_SIGNED : chainFault(code, name);
}

function failed(reason: string, options?: ErrorOptions): RuntimeError {
  return new RuntimeError('ConnectFailed', `no TLS connection with the server: ${reason}`, options);
}
