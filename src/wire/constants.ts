/** The protocol's own words: ports, verbs, messages and acknowledgements. */

export const DEFAULT_SERVER_LISTEN_PORT = 6150;
/** Seconds. */
export const DEFAULT_CLIENT_TIMEOUT = 10;

/** The protocol's name inside TLS (ALPN, RFC 7301). */
export const ALPN_PROTOCOL = 'anweddol/1';

export const MESSAGE_OK = '1';
export const MESSAGE_NOK = '0';

export const REQUEST_VERB_CREATE = 'CREATE';
export const REQUEST_VERB_DESTROY = 'DESTROY';
export const REQUEST_VERB_STAT = 'STAT';

export const RESPONSE_MSG_OK = 'OK';
export const RESPONSE_MSG_BAD_AUTH = 'Bad authentication';
export const RESPONSE_MSG_BAD_REQ = 'Bad request';
export const RESPONSE_MSG_REFUSED_REQ = 'Refused request';
export const RESPONSE_MSG_UNAVAILABLE = 'Unavailable';
export const RESPONSE_MSG_INTERNAL_ERROR = 'Internal error';
