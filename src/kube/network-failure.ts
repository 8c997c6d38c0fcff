import type { NetworkFailure } from './errors.ts';

/** Codes of Node, OpenSSL and undici. */
const REASONS: Record<string, NetworkFailure> = {
  ECONNREFUSED: 'ConnectionRefused',
  ECONNRESET: 'ConnectionReset',
  EPIPE: 'ConnectionReset',
  UND_ERR_SOCKET: 'ConnectionReset',
  ENOTFOUND: 'NameNotFound',
  EAI_AGAIN: 'NameNotFound',
  ETIMEDOUT: 'Timeout',
  UND_ERR_CONNECT_TIMEOUT: 'Timeout',
  UND_ERR_PRX_TLS: 'CertificateInvalid',
  ERR_TLS_CERT_ALTNAME_INVALID: 'CertificateInvalid',
};

/** What OpenSSL finds wrong with a chain: `CERT_HAS_EXPIRED`, `UNABLE_TO_VERIFY_LEAF_SIGNATURE`, … */
const CHAIN_FAULT =
  /^(CERT_|CRL_|DEPTH_ZERO_SELF_SIGNED|SELF_SIGNED|UNABLE_TO_|INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH)/;

/** Why a request that got no answer failed, and in words. Of a host with several addresses, as the first one failed. */
export function networkFailure(error: unknown): { reason: NetworkFailure; message: string } {
  const code = codeOf(error);
  const reason = REASONS[code] ?? (CHAIN_FAULT.test(code) ? 'CertificateInvalid' : 'Unreachable');
  const message = error instanceof Error ? error.message || code || error.name : String(error);
  return { reason, message };
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error)) return '';
  if ('code' in error && typeof error.code === 'string') return error.code;
  return error instanceof AggregateError ? codeOf(error.errors[0]) : '';
}
