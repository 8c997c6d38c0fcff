import { Deadline } from '../../../runtime/deadline.ts';
import { systemClock } from '../../../runtime/system-clock.ts';
import { RuntimeError } from '../../../wire/errors.ts';
import type { ServerAddress } from '../../dial.ts';
import { CliError, EXIT } from '../errors.ts';
import { serverName } from '../known-servers/server-name.ts';
import type { TrustOnFirstUse } from './first-use.ts';
import { SELF_SIGNED, shownCertificate, type TlsNames } from './shown-certificate.ts';

export interface Meeting {
  server: ServerAddress;
  tls: TlsNames;
  /** See `shownCertificate`. */
  alpn: string;
  /** Seconds. */
  timeout: number;
}

/**
 * Looks at the certificate of a server and has its key checked against what is known.
 * @returns SHA-256 of the key, 64 lower-case hex digits: the connection that follows must show the same
 * @throws `CliError` when the key is another one than before, or nobody of the given CA vouches for it
 */
export async function meetCertificate(
  { server, tls, alpn, timeout }: Meeting,
  trust: TrustOnFirstUse,
  signal: AbortSignal,
): Promise<string> {
  using deadline = new Deadline(systemClock, signal);
  deadline.set(timeout * 1000, () => new RuntimeError('TimedOut', `connecting took longer than ${timeout} s`));
  const { publicKeySha256, fault } = await shownCertificate(server, tls, alpn, deadline.signal);
  if (fault && tls.ca !== undefined) {
    const message = `the TLS certificate of ${serverName(server)} is not one of the CA given with --tls-ca: ${fault}`;
    throw new CliError(EXIT.untrusted, message);
  }
  await trust.check(publicKeySha256, remarkOn(fault));
  return publicKeySha256;
}

function remarkOn(fault: string | undefined): string {
  if (fault === undefined) return 'certificate verified';
  return fault === SELF_SIGNED ? 'self-signed certificate' : `certificate not verified: ${fault}`;
}
