/** Whether a client connects by itself when it has something to send. */
export const DEFAULT_AUTO_CONNECT = true;
/** Servers wait for the client, so it speaks first. */
export const DEFAULT_RECEIVE_FIRST = false;
/** Seconds that a server may work on a request: a container has to boot. */
export const DEFAULT_ANSWER_TIMEOUT = 300;
