/** The documented words of the server; those that it shares with clients are in `wire/constants.ts`. */
export {
  DEFAULT_CLIENT_TIMEOUT,
  DEFAULT_SERVER_LISTEN_PORT,
  REQUEST_VERB_CREATE,
  REQUEST_VERB_DESTROY,
  REQUEST_VERB_STAT,
  RESPONSE_MSG_BAD_AUTH,
  RESPONSE_MSG_BAD_REQ,
  RESPONSE_MSG_INTERNAL_ERROR,
  RESPONSE_MSG_OK,
  RESPONSE_MSG_REFUSED_REQ,
  RESPONSE_MSG_UNAVAILABLE,
} from '../wire/constants.ts';

/** Every address of the machine. */
export const DEFAULT_SERVER_BIND_ADDRESS = '';
/** Spelled as in the document. */
export const DEFAULT_ASYCHRONOUS = false;
/** Seconds. */
export const DEFAULT_STEP_TIMEOUT = 5;
/** Seconds that a connection may be silent before the server speaks first. */
export const DEFAULT_SPEAK_FIRST_AFTER = 1.5;
export const DEFAULT_STOP_GRACE = 30;
export const DEFAULT_START_TIMEOUT = 180;
export const DEFAULT_MAX_CONNECTIONS = 2048;
