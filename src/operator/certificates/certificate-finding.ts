import type { Finding } from '../conditions.ts';
import type { CertificateFault, CertificateReading } from './known-certificate.ts';

/** What is known of one certificate. */
export interface SourceFinding extends Finding {
  /** The Secret, where it is fit to be mounted. */
  secretName?: string;
  /** RFC 3339. */
  notAfter?: string;
}

const DAY_MS = 86_400_000;
const SOON_MS = 14 * DAY_MS;

export function faultFinding({ reason, message }: CertificateFault, againMs?: number): SourceFinding {
  const isPending = reason === 'CertificatePending';
  return {
    status: isPending ? 'Unknown' : 'False',
    reason,
    message: message.slice(0, 1024),
    ...(againMs !== undefined && { againMs }),
  };
}

/**
 * What is to be said of a certificate that can be read.
 * @param now milliseconds
 */
export function readingFinding(
  { notBefore, notAfter }: CertificateReading,
  secretName: string,
  now: number,
  againMs: number,
): SourceFinding {
  const where = `the certificate in Secret ${secretName}`;
  const until = dateOf(notAfter);
  const known = { againMs, notAfter: until };
  if (notAfter <= now) {
    const message = `${where} has expired on ${until}: put a valid one there`;
    return { ...known, status: 'False', reason: 'CertificateExpired', message };
  }
  if (notBefore > now) {
    const message = `${where} is not valid before ${dateOf(notBefore)}: put one there that is valid now`;
    return { ...known, status: 'False', reason: 'CertificateInvalid', message };
  }
  const fit = { ...known, secretName, status: 'True' } as const;
  if (notAfter - now < SOON_MS) {
    const days = Math.floor((notAfter - now) / DAY_MS);
    const message = `${where} expires in ${days} days, on ${until}: put its successor there`;
    return { ...fit, reason: 'CertificateExpiring', message };
  }
  return { ...fit, reason: 'CertificatesPresent', message: `${where} is valid until ${until}` };
}

function dateOf(ms: number): string {
  return new Date(ms).toISOString();
}
