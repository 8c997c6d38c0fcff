import { Deadline } from '../../../runtime/deadline.ts';
import { systemClock } from '../../../runtime/system-clock.ts';
import { RuntimeError } from '../../../wire/errors.ts';
import { dial, type ServerAddress } from '../../dial.ts';
import { secureSocket, type TlsExpectations } from '../../tls/secure.ts';
import { CliError, EXIT } from '../errors.ts';
import { serverName } from '../known-servers/server-name.ts';
import type { TrustOnFirstUse } from './first-use.ts';

/** The name that the certificate has to be for, and who may vouch for it. */
export type TlsNames = Pick<TlsExpectations, 'servername' | 'ca'>;

export interface Meeting {
  server: ServerAddress;
  tls: TlsNames;
  application: NonNullable<TlsExpectations['application']>;
  /** Seconds. */
  timeout: number;
}

/**
 * Looks at the certificate of a server and has its key checked against what is known.
 * @returns SHA-256 of the key, 64 lower-case hex digits: the connection that follows must show the same
 * @throws `CliError` when the key is another one than before, or nobody of the given CA vouches for it
 */
export async function meetCertificate(
  { server, tls, application, timeout }: Meeting,
  trust: TrustOnFirstUse,
  signal: AbortSignal,
): Promise<string> {
  using deadline = new Deadline(systemClock, signal);
  deadline.set(timeout * 1000, () => new RuntimeError('TimedOut', `connecting took longer than ${timeout} s`));
  const expectations = { ...tls, host: server.host, application, verify: false };
  const socket = await dial(server, deadline.signal);
  const { publicKeySha256, fault } = await secureSocket(socket, expectations, deadline.signal);
  // Nothing was sent but TLS itself.
  socket.destroy();
  if (fault && tls.ca !== undefined) {
    const message = `the TLS certificate of ${serverName(server)} is not one of the CA given with --tls-ca: ${fault}`;
    throw new CliError(EXIT.untrusted, message);
  }
  await trust.check(publicKeySha256, remarkOn(fault));
  return publicKeySha256;
}

function remarkOn(fault: string | undefined): string {
  return fault === undefined ? 'certificate verified' : `certificate not verified: ${fault}`;
}
