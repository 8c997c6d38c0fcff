/** The constants of the client, the protocol's own among them. */
export {
  DEFAULT_CLIENT_TIMEOUT,
  DEFAULT_SERVER_LISTEN_PORT,
  MESSAGE_NOK,
  MESSAGE_OK,
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

/** Whether a client connects by itself when it has something to send. */
export const DEFAULT_AUTO_CONNECT = true;
/** Servers wait for the client, so it speaks first. */
export const DEFAULT_RECEIVE_FIRST = false;
/** Seconds that a server may work on a request: a container has to boot. */
export const DEFAULT_ANSWER_TIMEOUT = 300;
