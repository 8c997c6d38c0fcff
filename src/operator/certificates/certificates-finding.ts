import type { AnweddolServerStatus } from '../../api/anweddol-server-status.ts';
import type { Finding } from '../conditions.ts';

export type CertificatesRecord = NonNullable<AnweddolServerStatus['certificates']>;

/** The certificates that a server needs; a Secret that is named is there and fit to be mounted, or is mounted already. */
export interface CertificatesFinding extends Finding {
  /** For TLS on the listening port. */
  tlsSecretName?: string;
  /** For the web server. */
  webSecretName?: string;
  /** What the status is to say of them. Absent: nothing any more. */
  record?: CertificatesRecord;
}
