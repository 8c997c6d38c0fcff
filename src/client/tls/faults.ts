/** What OpenSSL and Node say when TLS fails, in words for whoever runs the client. */

const HANDSHAKE_FAULTS: Record<string, string> = {
  ECONNRESET: 'the server closed the connection',
  EPIPE: 'the server closed the connection',
  ERR_SSL_WRONG_VERSION_NUMBER: 'what answers there does not speak TLS',
  ERR_SSL_PACKET_LENGTH_TOO_LONG: 'what answers there does not speak TLS',
  ERR_SSL_UNSUPPORTED_PROTOCOL: 'the server does not speak TLS 1.3',
  ERR_SSL_TLSV1_ALERT_PROTOCOL_VERSION: 'the server does not speak TLS 1.3',
  ERR_SSL_TLSV1_ALERT_NO_APPLICATION_PROTOCOL: 'the server speaks TLS, but is no Anweddol server',
};

export function handshakeFault(error: Error): string {
  const code = 'code' in error ? String(error.code) : '';
  const reason = 'reason' in error && typeof error.reason === 'string' ? error.reason : code;
  return HANDSHAKE_FAULTS[code] ?? (reason || error.name);
}

const CHAIN_FAULTS: Record<string, string> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: 'it is self-signed',
  SELF_SIGNED_CERT_IN_CHAIN: 'no authority known here issued it',
  UNABLE_TO_GET_ISSUER_CERT: 'no authority known here issued it',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'no authority known here issued it',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'no authority known here issued it',
  CERT_HAS_EXPIRED: 'it has expired',
  CERT_NOT_YET_VALID: 'it is not valid yet',
};

/** @param code what `authorizationError` says. @param name what the certificate had to be for */
export function chainFault(code: string, name: string): string {
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return `it is not for ${name}`;
  return CHAIN_FAULTS[code] ?? code;
}
