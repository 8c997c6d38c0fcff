/** Of the key and the certificates of a server. */
import { entries } from './entries.ts';

export const KEY_REASONS = entries({
  KeyPresent: { means: 'The RSA key of the server is there.' },
  KeyOnetime: { means: 'Each server pod makes a key of its own at its start, as keys.onetime asks for.' },
  KeyPending: { means: 'The RSA key of the server is being made.' },
  KeyRotating: {
    means: 'Server pods are being given another key; both fingerprints are in the status until all have it.',
  },
  KeyMissing: {
    means: 'The Secret that keys.secretName names is missing; server pods that run keep the key that they have.',
    remedy: 'Create it with an RSA private key as PEM under private.pem, or remove keys.secretName.',
  },
  KeyInvalid: {
    means: 'The Secret of the key holds no RSA key that a server can have; server pods that run keep theirs.',
    remedy:
      'Put an RSA private key of 2048 to 4096 bits into your Secret, as PEM under private.pem; where the operator made the Secret, count up keys.rotation.',
  },
});

export const CERTIFICATE_REASONS = entries({
  CertificatesPresent: { means: 'The certificates of the server are there.' },
  CertificatePending: { means: 'A certificate of the server is being made.' },
  CertificateLeftover: {
    means: 'A certificate that is not asked for any more is deleted once no server pod has it.',
  },
  CertificateExpiring: {
    means: 'A certificate of yours expires in less than 14 days.',
    remedy: 'Put its successor into the Secret that the message names; server pods take it without a restart.',
  },
  CertificateExpired: {
    means: 'A certificate has expired; clients that verify it refuse to connect.',
    remedy: 'Put a valid one into the Secret that the message names; server pods take it without a restart.',
  },
  CertificateMissing: {
    means: 'The Secret that secretName names is missing; server pods that run keep the certificate that they have.',
    remedy: 'Create it as a Secret of type kubernetes.io/tls, or remove secretName for a self-signed certificate.',
  },
  CertificateInvalid: {
    means: 'A Secret holds no certificate that a server can show; server pods that run keep the one that they have.',
    remedy: 'The message names the Secret and what is wrong; put a chain and its key there, as tls.crt and tls.key.',
  },
  CertificateNotReady: {
    means: 'cert-manager has not issued the certificate yet.',
    remedy: 'If that lasts, look at the Certificate and its CertificateRequest with kubectl describe.',
  },
  CertManagerAbsent: {
    means: 'issuerRef asks for a certificate of cert-manager, which is not installed.',
    remedy: 'Install cert-manager, or remove issuerRef, or name a Secret of your own in secretName.',
  },
});
