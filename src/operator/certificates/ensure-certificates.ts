import type { AnweddolServer } from '../../api/resources.ts';
import type { Finding } from '../conditions.ts';
import type { Context } from '../context.ts';
import type { Observed } from '../observe.ts';

/** The certificates that a server needs; a Secret that is named is there and fit to be mounted. */
export interface CertificatesFinding extends Finding {
  /** For TLS on the listening port. */
  tlsSecretName?: string;
  /** For the web server. */
  webSecretName?: string;
}

/** Makes, renews or checks the certificates of a server. @returns undefined for a server that needs none */
export async function ensureCertificates(
  _server: AnweddolServer,
  _observed: Observed,
  _context: Context,
  _signal: AbortSignal,
): Promise<CertificatesFinding | undefined> {
  return undefined;
}
