import type { X509Certificate } from 'node:crypto';
import type { CERTIFICATE_REASONS } from '../../api/reasons/identity.ts';

/** What a certificate says of itself. */
export interface CertificateReading {
  /** Of the chain, hex: another one shows by it. */
  digest: string;
  /** Of the whole chain, milliseconds. */
  notBefore: number;
  notAfter: number;
  isSelfSigned: boolean;
  leaf: X509Certificate;
}

/** Why there is no certificate to show. `message` says what is wrong where, and what to do. */
export interface CertificateFault {
  reason: keyof typeof CERTIFICATE_REASONS;
  message: string;
}

/** What a look at a Secret, or at cert-manager, has found. */
export type KnownCertificate = CertificateReading | CertificateFault;
